CREATE TYPE "events"."event_reminder_anchor" AS ENUM('STARTS_AT', 'ENDS_AT', 'SUBMISSION_DEADLINE', 'REGISTRATION_CLOSES_AT');--> statement-breakpoint
CREATE TYPE "events"."event_reminder_audience" AS ENUM('PARTICIPANTS', 'TEAMS', 'STAFF');--> statement-breakpoint
CREATE TABLE "events"."event_reminder" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"anchor" "events"."event_reminder_anchor" NOT NULL,
	"offset_minutes" integer NOT NULL,
	"audience" "events"."event_reminder_audience" NOT NULL,
	"message" text,
	"fired_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "event_reminder_within_a_year" CHECK (abs("events"."event_reminder"."offset_minutes") <= 527040)
);
--> statement-breakpoint
CREATE TABLE "events"."event_series" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"title" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "event_series_of_organization" UNIQUE("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "events"."event" ADD COLUMN "series_id" uuid;--> statement-breakpoint
ALTER TABLE "events"."event_reminder" ADD CONSTRAINT "event_reminder_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "events"."event"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_reminder_by_event" ON "events"."event_reminder" USING btree ("event_id","created_at","id");--> statement-breakpoint
CREATE INDEX "event_reminder_waiting" ON "events"."event_reminder" USING btree ("event_id") WHERE "events"."event_reminder"."fired_at" is null;--> statement-breakpoint
CREATE INDEX "event_series_by_title" ON "events"."event_series" USING btree ("organization_id","title","id");--> statement-breakpoint
ALTER TABLE "events"."event" ADD CONSTRAINT "event_series_of_same_organization" FOREIGN KEY ("organization_id","series_id") REFERENCES "events"."event_series"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_by_series" ON "events"."event" USING btree ("series_id","starts_at","id");--> statement-breakpoint
CREATE INDEX "event_by_latitude" ON "events"."event" USING btree ("latitude") WHERE "events"."event"."latitude" is not null;--> statement-breakpoint
CREATE INDEX "event_by_words" ON "events"."event" USING gin ((setweight(to_tsvector('simple'::regconfig, "title"), 'A') || setweight(to_tsvector('simple'::regconfig, coalesce("hashtag", '')), 'B') || setweight(to_tsvector('simple'::regconfig, coalesce("venue", '')), 'C') || setweight(to_tsvector('simple'::regconfig, coalesce("summary", '')), 'D')));