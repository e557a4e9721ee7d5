CREATE TYPE "notifications"."notification_state" AS ENUM('UNSEEN', 'SEEN', 'READ', 'ARCHIVED', 'SNOOZED');--> statement-breakpoint
DROP INDEX "notifications"."notification_unread";--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "group_key" text;--> statement-breakpoint
UPDATE "notifications"."notification" SET "group_key" = coalesce("subject_id", "id"::text);--> statement-breakpoint
ALTER TABLE "notifications"."notification" ALTER COLUMN "group_key" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "seen_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "notifications"."notification" SET "seen_at" = "read_at" WHERE "read_at" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "archived_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "snoozed_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "woken_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "state" "notifications"."notification_state" GENERATED ALWAYS AS (case when snoozed_until is not null then 'SNOOZED'::notifications.notification_state when archived_at is not null then 'ARCHIVED'::notifications.notification_state when read_at is not null then 'READ'::notifications.notification_state when seen_at is not null then 'SEEN'::notifications.notification_state else 'UNSEEN'::notifications.notification_state end) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."recipient" ADD COLUMN "unseen" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "notifications"."recipient" SET "unseen" = "unread";--> statement-breakpoint
ALTER TABLE "notifications"."recipient" ADD COLUMN "archived" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."recipient" ADD COLUMN "snoozed" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "notification_by_state" ON "notifications"."notification" USING btree ("recipient_id","state","seq");--> statement-breakpoint
CREATE INDEX "notification_by_group" ON "notifications"."notification" USING btree ("recipient_id","group_key","seq");--> statement-breakpoint
CREATE INDEX "notification_by_subject" ON "notifications"."notification" USING btree ("recipient_id","subject_id","seq") WHERE "notifications"."notification"."subject_id" is not null;--> statement-breakpoint
CREATE INDEX "notification_to_wake" ON "notifications"."notification" USING btree ("snoozed_until") WHERE "notifications"."notification"."snoozed_until" is not null;--> statement-breakpoint
CREATE INDEX "notification_to_expire" ON "notifications"."notification" USING btree ("expires_at") WHERE "notifications"."notification"."expires_at" is not null and "notifications"."notification"."archived_at" is null;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD CONSTRAINT "notification_archived_or_snoozed" CHECK ("notifications"."notification"."archived_at" is null or "notifications"."notification"."snoozed_until" is null);--> statement-breakpoint
ALTER TABLE "notifications"."recipient" ADD CONSTRAINT "recipient_counts_make_sense" CHECK ("notifications"."recipient"."unseen" between 0 and "notifications"."recipient"."unread" and "notifications"."recipient"."archived" >= 0 and "notifications"."recipient"."snoozed" >= 0);