CREATE SCHEMA "operations";
--> statement-breakpoint
CREATE TYPE "operations"."operator_act_kind" AS ENUM('REDRIVE', 'DISCARD', 'REPLAY');--> statement-breakpoint
CREATE TYPE "operations"."event_replay_status" AS ENUM('RUNNING', 'DONE', 'FAILED');--> statement-breakpoint
CREATE TABLE "operations"."event_replay" (
	"id" uuid PRIMARY KEY NOT NULL,
	"publisher" text NOT NULL,
	"consumer" text NOT NULL,
	"event_names" text[] NOT NULL,
	"from_seq" bigint NOT NULL,
	"to_seq" bigint,
	"position" bigint NOT NULL,
	"deposited_count" integer DEFAULT 0 NOT NULL,
	"status" "operations"."event_replay_status" NOT NULL,
	"last_error" text,
	"moved_at" timestamp (3) with time zone NOT NULL,
	"requested_by_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"holder" uuid,
	"leased_until" timestamp (3) with time zone,
	CONSTRAINT "event_replay_has_end" CHECK (("operations"."event_replay"."status" = 'RUNNING') = ("operations"."event_replay"."finished_at" is null))
);
--> statement-breakpoint
CREATE TABLE "operations"."idempotency" (
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_once" PRIMARY KEY("actor","operation","key")
);
--> statement-breakpoint
CREATE TABLE "operations"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inbox_once" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "operations"."operator_act" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" "operations"."operator_act_kind" NOT NULL,
	"actor_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"consumer" text,
	"filter" jsonb NOT NULL,
	"limit" integer NOT NULL,
	"letter_ids" text[] DEFAULT '{}' NOT NULL,
	"unavailable_domains" text[] DEFAULT '{}' NOT NULL,
	"replay_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"leased_until" timestamp (3) with time zone,
	CONSTRAINT "operator_act_of_replay" CHECK (("operations"."operator_act"."kind" = 'REPLAY') = ("operations"."operator_act"."replay_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "operations"."outbox" (
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
ALTER TABLE "operations"."operator_act" ADD CONSTRAINT "operator_act_replay_id_event_replay_id_fk" FOREIGN KEY ("replay_id") REFERENCES "operations"."event_replay"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "event_replay_one_running" ON "operations"."event_replay" USING btree ("publisher","consumer") WHERE "operations"."event_replay"."status" = 'RUNNING';--> statement-breakpoint
CREATE INDEX "idempotency_by_age" ON "operations"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_by_age" ON "operations"."inbox" USING brin ("handled_at");--> statement-breakpoint
CREATE INDEX "operator_act_latest" ON "operations"."operator_act" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "operator_act_unfinished" ON "operations"."operator_act" USING btree ("created_at") WHERE "operations"."operator_act"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "operations"."outbox" USING btree ("seq") WHERE "operations"."outbox"."sent_at" is null;