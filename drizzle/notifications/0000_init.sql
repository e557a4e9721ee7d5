CREATE SCHEMA "notifications";
--> statement-breakpoint
CREATE TYPE "notifications"."announcement_status" AS ENUM('SENDING', 'SENT');--> statement-breakpoint
CREATE TYPE "notifications"."notification_category" AS ENUM('ACCOUNT', 'ORGANIZATIONS', 'EVENTS', 'REGISTRATIONS', 'PROJECTS', 'ANNOUNCEMENTS');--> statement-breakpoint
CREATE TYPE "notifications"."notification_channel" AS ENUM('IN_APP', 'EMAIL');--> statement-breakpoint
CREATE TYPE "notifications"."announcement_recipient_status" AS ENUM('PENDING', 'SENT', 'SUPPRESSED');--> statement-breakpoint
CREATE TABLE "notifications"."announcement_recipient" (
	"announcement_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"status" "notifications"."announcement_recipient_status" DEFAULT 'PENDING' NOT NULL,
	CONSTRAINT "announcement_recipient_once" PRIMARY KEY("announcement_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "notifications"."announcement" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"created_by_id" uuid NOT NULL,
	"audience" text[] NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"status" "notifications"."announcement_status" DEFAULT 'SENDING' NOT NULL,
	"recipient_count" integer NOT NULL,
	"sent_count" integer DEFAULT 0 NOT NULL,
	"suppressed_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "announcement_counts_add_up" CHECK ("notifications"."announcement"."sent_count" + "notifications"."announcement"."suppressed_count" <= "notifications"."announcement"."recipient_count" and ("notifications"."announcement"."status" = 'SENDING' or "notifications"."announcement"."sent_count" + "notifications"."announcement"."suppressed_count" = "notifications"."announcement"."recipient_count"))
);
--> statement-breakpoint
CREATE TABLE "notifications"."idempotency" (
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_once" PRIMARY KEY("actor","operation","key")
);
--> statement-breakpoint
CREATE TABLE "notifications"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inbox_once" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "notifications"."member" (
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "member_once" PRIMARY KEY("organization_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "notifications"."notification" (
	"id" uuid PRIMARY KEY NOT NULL,
	"recipient_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"type" text NOT NULL,
	"category" "notifications"."notification_category" NOT NULL,
	"title" text NOT NULL,
	"body" text,
	"actor_id" uuid,
	"subject_id" text,
	"event_id" uuid,
	"registration_id" uuid,
	"cause" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	CONSTRAINT "notification_in_order" UNIQUE("recipient_id","seq"),
	CONSTRAINT "notification_once" UNIQUE("recipient_id","cause")
);
--> statement-breakpoint
CREATE TABLE "notifications"."outbox" (
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
CREATE TABLE "notifications"."preference" (
	"user_id" uuid NOT NULL,
	"category" "notifications"."notification_category" NOT NULL,
	"channel" "notifications"."notification_channel" NOT NULL,
	"is_enabled" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "preference_once" PRIMARY KEY("user_id","category","channel")
);
--> statement-breakpoint
CREATE TABLE "notifications"."recipient" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" integer DEFAULT 0 NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"unread" integer DEFAULT 0 NOT NULL,
	"forgotten_seq" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "recipient_unread_not_negative" CHECK ("notifications"."recipient"."unread" >= 0),
	CONSTRAINT "recipient_forgotten_is_past" CHECK ("notifications"."recipient"."forgotten_seq" <= "notifications"."recipient"."seq")
);
--> statement-breakpoint
ALTER TABLE "notifications"."announcement_recipient" ADD CONSTRAINT "announcement_recipient_announcement_id_announcement_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "notifications"."announcement"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD CONSTRAINT "notification_recipient_id_recipient_id_fk" FOREIGN KEY ("recipient_id") REFERENCES "notifications"."recipient"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "announcement_recipient_pending" ON "notifications"."announcement_recipient" USING btree ("announcement_id","user_id") WHERE "notifications"."announcement_recipient"."status" = 'PENDING';--> statement-breakpoint
CREATE INDEX "announcement_by_event" ON "notifications"."announcement" USING btree ("event_id","created_at","id");--> statement-breakpoint
CREATE INDEX "idempotency_by_age" ON "notifications"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "notification_unread" ON "notifications"."notification" USING btree ("recipient_id","seq") WHERE "notifications"."notification"."read_at" is null;--> statement-breakpoint
CREATE INDEX "notification_changed" ON "notifications"."notification" USING btree ("recipient_id","revision","seq") WHERE "notifications"."notification"."revision" > 0;--> statement-breakpoint
CREATE INDEX "notification_by_age" ON "notifications"."notification" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "notifications"."outbox" USING btree ("seq") WHERE "notifications"."outbox"."sent_at" is null;