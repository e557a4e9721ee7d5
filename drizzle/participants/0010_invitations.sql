CREATE TABLE "participants"."mail" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sealed" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "participants"."event_invitation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"form_id" uuid NOT NULL,
	"email" text NOT NULL,
	"state" text NOT NULL,
	"is_approval_skipped" boolean NOT NULL,
	"is_email_locked" boolean NOT NULL,
	"token_hash" text NOT NULL,
	"registration_id" uuid,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "event_invitation_accepted_with" CHECK (("participants"."event_invitation"."state" = 'ACCEPTED') = ("participants"."event_invitation"."registration_id" is not null))
);
--> statement-breakpoint
ALTER TABLE "participants"."event_invitation" ADD CONSTRAINT "event_invitation_event_id_event_seats_id_fk" FOREIGN KEY ("event_id") REFERENCES "participants"."event_seats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."event_invitation" ADD CONSTRAINT "event_invitation_form_id_registration_form_id_fk" FOREIGN KEY ("form_id") REFERENCES "participants"."registration_form"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mail_due" ON "participants"."mail" USING btree ("available_at") WHERE "participants"."mail"."sent_at" is null and "participants"."mail"."failed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "event_invitation_token_unique" ON "participants"."event_invitation" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "event_invitation_one_pending" ON "participants"."event_invitation" USING btree ("event_id","email") WHERE "participants"."event_invitation"."state" = 'PENDING';--> statement-breakpoint
CREATE INDEX "event_invitation_by_event" ON "participants"."event_invitation" USING btree ("event_id","created_at","id");--> statement-breakpoint
CREATE INDEX "event_invitation_by_registration" ON "participants"."event_invitation" USING btree ("registration_id") WHERE "participants"."event_invitation"."registration_id" is not null;--> statement-breakpoint
CREATE INDEX "event_invitation_forgets" ON "participants"."event_invitation" USING btree ("expires_at") WHERE "participants"."event_invitation"."state" <> 'ACCEPTED';