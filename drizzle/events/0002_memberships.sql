CREATE TABLE "events"."event_membership" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"roles" text[] NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "event_membership_once" UNIQUE("event_id","user_id"),
	CONSTRAINT "event_membership_known_roles" CHECK ("events"."event_membership"."roles" <@ array['OWNER','ORGANIZER','REVIEWER','JUDGE','CHECKIN_STAFF','MENTOR','SPONSOR']::text[])
);
--> statement-breakpoint
ALTER TABLE "events"."event_membership" ADD CONSTRAINT "event_membership_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "events"."event"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_membership_by_user" ON "events"."event_membership" USING btree ("user_id");