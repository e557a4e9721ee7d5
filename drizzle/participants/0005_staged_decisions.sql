CREATE TABLE "participants"."decision_release_failure" (
	"release_id" uuid NOT NULL,
	"registration_id" uuid NOT NULL,
	"decision" text NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	CONSTRAINT "decision_release_failure_once" PRIMARY KEY("release_id","registration_id")
);
--> statement-breakpoint
CREATE TABLE "participants"."decision_release" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"decision" text,
	"status" text NOT NULL,
	"total_count" integer NOT NULL,
	"applied_count" integer DEFAULT 0 NOT NULL,
	"failed_count" integer DEFAULT 0 NOT NULL,
	"started_by_id" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_step_at" timestamp (3) with time zone,
	CONSTRAINT "decision_release_counts" CHECK ("participants"."decision_release"."applied_count" + "participants"."decision_release"."failed_count" <= "participants"."decision_release"."total_count"),
	CONSTRAINT "decision_release_is_over" CHECK (("participants"."decision_release"."status" = 'COMPLETED') = ("participants"."decision_release"."completed_at" is not null and "participants"."decision_release"."next_step_at" is null))
);
--> statement-breakpoint
CREATE TABLE "participants"."staged_decision" (
	"registration_id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"decision" text NOT NULL,
	"reason" text,
	"staged_by_id" uuid NOT NULL,
	"staged_at" timestamp (3) with time zone NOT NULL,
	"release_id" uuid,
	CONSTRAINT "staged_decision_has_reason" CHECK ("participants"."staged_decision"."decision" <> 'REJECT' or "participants"."staged_decision"."reason" is not null)
);
--> statement-breakpoint
ALTER TABLE "participants"."decision_release_failure" ADD CONSTRAINT "decision_release_failure_release_id_decision_release_id_fk" FOREIGN KEY ("release_id") REFERENCES "participants"."decision_release"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."decision_release_failure" ADD CONSTRAINT "decision_release_failure_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "participants"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."decision_release" ADD CONSTRAINT "decision_release_event_id_event_seats_id_fk" FOREIGN KEY ("event_id") REFERENCES "participants"."event_seats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."staged_decision" ADD CONSTRAINT "staged_decision_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "participants"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."staged_decision" ADD CONSTRAINT "staged_decision_event_id_event_seats_id_fk" FOREIGN KEY ("event_id") REFERENCES "participants"."event_seats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."staged_decision" ADD CONSTRAINT "staged_decision_release_id_decision_release_id_fk" FOREIGN KEY ("release_id") REFERENCES "participants"."decision_release"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "decision_release_due" ON "participants"."decision_release" USING btree ("next_step_at") WHERE "participants"."decision_release"."next_step_at" is not null;--> statement-breakpoint
CREATE INDEX "decision_release_by_event" ON "participants"."decision_release" USING btree ("event_id","started_at","id");--> statement-breakpoint
CREATE INDEX "staged_decision_by_event" ON "participants"."staged_decision" USING btree ("event_id","decision") WHERE "participants"."staged_decision"."release_id" is null;--> statement-breakpoint
CREATE INDEX "staged_decision_by_release" ON "participants"."staged_decision" USING btree ("release_id") WHERE "participants"."staged_decision"."release_id" is not null;