CREATE SCHEMA "events";
--> statement-breakpoint
CREATE TYPE "events"."event_approval_mode" AS ENUM('AUTO', 'MANUAL');--> statement-breakpoint
CREATE TYPE "events"."event_kind" AS ENUM('HACKATHON', 'CONFERENCE', 'WORKSHOP', 'UNCONFERENCE');--> statement-breakpoint
CREATE TYPE "events"."event_status" AS ENUM('DRAFT', 'PUBLISHED', 'IN_PROGRESS', 'JUDGING', 'COMPLETED', 'CANCELLED', 'ARCHIVED');--> statement-breakpoint
CREATE TYPE "events"."event_visibility" AS ENUM('PUBLIC', 'UNLISTED', 'ORGANIZATION');--> statement-breakpoint
CREATE TABLE "events"."event_transition" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"from" "events"."event_status" NOT NULL,
	"to" "events"."event_status" NOT NULL,
	"reason" text,
	"actor_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events"."event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"created_by_id" uuid NOT NULL,
	"title" text NOT NULL,
	"summary" text,
	"kind" "events"."event_kind" NOT NULL,
	"status" "events"."event_status" DEFAULT 'DRAFT' NOT NULL,
	"visibility" "events"."event_visibility" NOT NULL,
	"timezone" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"venue" text,
	"online_url" text,
	"registration_opens_at" timestamp (3) with time zone,
	"registration_closes_at" timestamp (3) with time zone,
	"capacity" integer,
	"is_waitlist_enabled" boolean NOT NULL,
	"approval_mode" "events"."event_approval_mode" NOT NULL,
	"offer_hours" integer NOT NULL,
	"submission_deadline" timestamp (3) with time zone,
	"grace_minutes" integer NOT NULL,
	"max_team_size" integer NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "event_period_positive" CHECK ("events"."event"."ends_at" > "events"."event"."starts_at"),
	CONSTRAINT "event_capacity_positive" CHECK ("events"."event"."capacity" > 0)
);
--> statement-breakpoint
CREATE TABLE "events"."idempotency" (
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_once" PRIMARY KEY("actor","operation","key")
);
--> statement-breakpoint
CREATE TABLE "events"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inbox_once" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "events"."outbox" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"aggregate" text NOT NULL,
	"actor" text,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"payload" jsonb NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "outbox_id_unique" UNIQUE("id")
);
--> statement-breakpoint
ALTER TABLE "events"."event_transition" ADD CONSTRAINT "event_transition_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "events"."event"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_transition_by_event" ON "events"."event_transition" USING btree ("event_id","at","id");--> statement-breakpoint
CREATE INDEX "event_by_start" ON "events"."event" USING btree ("starts_at","id");--> statement-breakpoint
CREATE INDEX "event_by_organization" ON "events"."event" USING btree ("organization_id","starts_at","id");--> statement-breakpoint
CREATE INDEX "idempotency_by_age" ON "events"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "events"."outbox" USING btree ("seq") WHERE "events"."outbox"."sent_at" is null;