CREATE SCHEMA "participants";
--> statement-breakpoint
CREATE TYPE "participants"."registration_status" AS ENUM('PENDING_APPROVAL', 'WAITLISTED', 'OFFERED', 'CONFIRMED', 'CHECKED_IN', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'CANCELLED', 'NO_SHOW');--> statement-breakpoint
CREATE TABLE "participants"."event_seats" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"title" text NOT NULL,
	"status" text NOT NULL,
	"visibility" text NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"registration_opens_at" timestamp (3) with time zone,
	"registration_closes_at" timestamp (3) with time zone,
	"is_waitlist_enabled" boolean NOT NULL,
	"approval_mode" text NOT NULL,
	"offer_hours" integer NOT NULL,
	"terms_version" integer NOT NULL,
	"capacity" integer,
	"seat_limit" integer,
	"held" integer DEFAULT 0 NOT NULL,
	"queued" integer DEFAULT 0 NOT NULL,
	"next_number" integer DEFAULT 1 NOT NULL,
	"is_calling_off" boolean DEFAULT false NOT NULL,
	"call_off_reason" text,
	CONSTRAINT "event_seats_held_within_limit" CHECK ("participants"."event_seats"."held" between 0 and coalesce("participants"."event_seats"."seat_limit", "participants"."event_seats"."held")),
	CONSTRAINT "event_seats_queue_not_negative" CHECK ("participants"."event_seats"."queued" >= 0)
);
--> statement-breakpoint
CREATE TABLE "participants"."idempotency" (
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_once" PRIMARY KEY("actor","operation","key")
);
--> statement-breakpoint
CREATE TABLE "participants"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inbox_once" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "participants"."outbox" (
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
CREATE TABLE "participants"."registration_transition" (
	"id" uuid PRIMARY KEY NOT NULL,
	"registration_id" uuid NOT NULL,
	"from" "participants"."registration_status",
	"to" "participants"."registration_status" NOT NULL,
	"reason" text,
	"actor_id" uuid,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "participants"."registration" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"status" "participants"."registration_status" NOT NULL,
	"message" text,
	"rejection_reason" text,
	"waitlisted_at" timestamp (3) with time zone,
	"offer_expires_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "registration_number_once" UNIQUE("event_id","number"),
	CONSTRAINT "registration_offer_has_end" CHECK (("participants"."registration"."status" = 'OFFERED') = ("participants"."registration"."offer_expires_at" is not null)),
	CONSTRAINT "registration_queues_since" CHECK ("participants"."registration"."status" <> 'WAITLISTED' or "participants"."registration"."waitlisted_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "participants"."registration_transition" ADD CONSTRAINT "registration_transition_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "participants"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD CONSTRAINT "registration_event_id_event_seats_id_fk" FOREIGN KEY ("event_id") REFERENCES "participants"."event_seats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_seats_queue" ON "participants"."event_seats" USING btree ("id") WHERE "participants"."event_seats"."queued" > 0;--> statement-breakpoint
CREATE INDEX "event_seats_calling_off" ON "participants"."event_seats" USING btree ("id") WHERE "participants"."event_seats"."is_calling_off";--> statement-breakpoint
CREATE INDEX "idempotency_by_age" ON "participants"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "participants"."outbox" USING btree ("seq") WHERE "participants"."outbox"."sent_at" is null;--> statement-breakpoint
CREATE INDEX "registration_transition_by_registration" ON "participants"."registration_transition" USING btree ("registration_id","at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "registration_one_live" ON "participants"."registration" USING btree ("event_id","user_id") WHERE "participants"."registration"."status" not in ('REJECTED', 'WITHDRAWN', 'EXPIRED', 'CANCELLED');--> statement-breakpoint
CREATE INDEX "registration_waitlist" ON "participants"."registration" USING btree ("event_id","waitlisted_at","number") WHERE "participants"."registration"."status" = 'WAITLISTED';--> statement-breakpoint
CREATE INDEX "registration_offers_due" ON "participants"."registration" USING btree ("offer_expires_at") WHERE "participants"."registration"."status" = 'OFFERED';--> statement-breakpoint
CREATE INDEX "registration_by_status" ON "participants"."registration" USING btree ("event_id","status","user_id");--> statement-breakpoint
CREATE INDEX "registration_by_change" ON "participants"."registration" USING btree ("event_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "registration_by_user" ON "participants"."registration" USING btree ("user_id","created_at","id");