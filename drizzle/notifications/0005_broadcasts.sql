ALTER TABLE "notifications"."announcement" DROP CONSTRAINT "announcement_counts_add_up";--> statement-breakpoint
DROP INDEX "notifications"."announcement_recipient_pending";--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ALTER COLUMN "status" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "notifications"."announcement_recipient" ALTER COLUMN "status" DROP DEFAULT;--> statement-breakpoint
-- New types: a value that is added to one cannot be used before the commit.
ALTER TYPE "notifications"."announcement_status" RENAME TO "announcement_status_before";
--> statement-breakpoint
CREATE TYPE "notifications"."announcement_status" AS ENUM('DRAFT', 'SCHEDULED', 'PREPARING', 'SENDING', 'PAUSED', 'SENT', 'CANCELLED', 'FAILED');--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ALTER COLUMN "status" TYPE "notifications"."announcement_status" USING "status"::text::"notifications"."announcement_status";--> statement-breakpoint
DROP TYPE "notifications"."announcement_status_before";--> statement-breakpoint
ALTER TYPE "notifications"."announcement_recipient_status" RENAME TO "announcement_recipient_status_before";--> statement-breakpoint
CREATE TYPE "notifications"."announcement_recipient_status" AS ENUM('PENDING', 'SENT', 'SUPPRESSED', 'FAILED');--> statement-breakpoint
ALTER TABLE "notifications"."announcement_recipient" ALTER COLUMN "status" TYPE "notifications"."announcement_recipient_status" USING "status"::text::"notifications"."announcement_recipient_status";--> statement-breakpoint
DROP TYPE "notifications"."announcement_recipient_status_before";--> statement-breakpoint
ALTER TABLE "notifications"."announcement_recipient" ALTER COLUMN "status" SET DEFAULT 'PENDING';--> statement-breakpoint
CREATE INDEX "announcement_recipient_pending" ON "notifications"."announcement_recipient" USING btree ("announcement_id","user_id") WHERE "notifications"."announcement_recipient"."status" = 'PENDING';--> statement-breakpoint
CREATE TABLE "notifications"."announcement_transition" (
	"id" uuid PRIMARY KEY NOT NULL,
	"announcement_id" uuid NOT NULL,
	"from" "notifications"."announcement_status" NOT NULL,
	"to" "notifications"."announcement_status" NOT NULL,
	"actor_id" uuid,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ALTER COLUMN "event_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ALTER COLUMN "status" SET DEFAULT 'DRAFT';--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ALTER COLUMN "recipient_count" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "notifications"."announcement_recipient" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "notifications"."announcement_recipient" ADD COLUMN "settled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "segment" jsonb;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "scheduled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "rate_per_minute" integer;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "failed_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "prepared_up_to" uuid;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "prepared_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "next_step_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "failure" text;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD COLUMN "updated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications"."announcement_transition" ADD CONSTRAINT "announcement_transition_announcement_id_announcement_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "notifications"."announcement"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "announcement_transition_by_announcement" ON "notifications"."announcement_transition" USING btree ("announcement_id","at","id");--> statement-breakpoint
CREATE INDEX "announcement_recipient_not_sent" ON "notifications"."announcement_recipient" USING btree ("announcement_id","status","user_id") WHERE "notifications"."announcement_recipient"."status" in ('SUPPRESSED', 'FAILED');--> statement-breakpoint
CREATE INDEX "announcement_by_organization" ON "notifications"."announcement" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "announcement_due" ON "notifications"."announcement" USING btree ("next_step_at") WHERE "notifications"."announcement"."next_step_at" is not null;--> statement-breakpoint
UPDATE "notifications"."announcement" SET
	"segment" = jsonb_build_object(
		'include', jsonb_build_array(jsonb_build_object('kind', 'REGISTRATIONS', 'status', to_jsonb("audience"))),
		'exclude', '[]'::jsonb
	),
	"updated_at" = coalesce("completed_at", "created_at"),
	"prepared_at" = "created_at",
	"next_step_at" = case when "status" = 'SENDING' then now() end;
--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ALTER COLUMN "segment" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ALTER COLUMN "updated_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."announcement" DROP COLUMN "audience";--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD CONSTRAINT "announcement_prepared_before_sent" CHECK ("notifications"."announcement"."status" not in ('SENDING', 'SENT') or "notifications"."announcement"."prepared_at" is not null);--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD CONSTRAINT "announcement_worked_on_in_time" CHECK (("notifications"."announcement"."status" in ('SCHEDULED', 'PREPARING', 'SENDING')) = ("notifications"."announcement"."next_step_at" is not null));--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD CONSTRAINT "announcement_rate_positive" CHECK ("notifications"."announcement"."rate_per_minute" > 0);--> statement-breakpoint
ALTER TABLE "notifications"."announcement" ADD CONSTRAINT "announcement_counts_add_up" CHECK (least("notifications"."announcement"."sent_count", "notifications"."announcement"."suppressed_count", "notifications"."announcement"."failed_count") >= 0 and "notifications"."announcement"."sent_count" + "notifications"."announcement"."suppressed_count" + "notifications"."announcement"."failed_count" <= "notifications"."announcement"."recipient_count" and ("notifications"."announcement"."status" <> 'SENT' or "notifications"."announcement"."sent_count" + "notifications"."announcement"."suppressed_count" + "notifications"."announcement"."failed_count" = "notifications"."announcement"."recipient_count"));