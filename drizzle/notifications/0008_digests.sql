CREATE TYPE "notifications"."digest_status" AS ENUM('OPEN', 'CLOSED', 'SENT', 'EMPTY');--> statement-breakpoint
CREATE TABLE "notifications"."digest_item" (
	"digest_id" uuid NOT NULL,
	"notification_id" uuid NOT NULL,
	CONSTRAINT "digest_item_once" PRIMARY KEY("digest_id","notification_id")
);
--> statement-breakpoint
CREATE TABLE "notifications"."digest" (
	"id" uuid PRIMARY KEY NOT NULL,
	"recipient_id" uuid NOT NULL,
	"channel" "notifications"."notification_channel" NOT NULL,
	"type" text NOT NULL,
	"key" text NOT NULL,
	"status" "notifications"."digest_status" DEFAULT 'OPEN' NOT NULL,
	"closes_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notifications"."digest_item" ADD CONSTRAINT "digest_item_digest_id_digest_id_fk" FOREIGN KEY ("digest_id") REFERENCES "notifications"."digest"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications"."digest_item" ADD CONSTRAINT "digest_item_notification_id_notification_id_fk" FOREIGN KEY ("notification_id") REFERENCES "notifications"."notification"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "digest_item_by_notification" ON "notifications"."digest_item" USING btree ("notification_id");--> statement-breakpoint
CREATE UNIQUE INDEX "digest_open_once" ON "notifications"."digest" USING btree ("recipient_id","channel","type","key") WHERE "notifications"."digest"."status" = 'OPEN';--> statement-breakpoint
CREATE INDEX "digest_due" ON "notifications"."digest" USING btree ("closes_at","id") WHERE "notifications"."digest"."status" in ('OPEN', 'CLOSED');--> statement-breakpoint
CREATE INDEX "digest_by_age" ON "notifications"."digest" USING btree ("changed_at");--> statement-breakpoint
CREATE INDEX "digest_by_recipient" ON "notifications"."digest" USING btree ("recipient_id");