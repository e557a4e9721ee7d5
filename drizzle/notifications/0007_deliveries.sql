CREATE TYPE "notifications"."delivery_reason" AS ENUM('PREFERENCE', 'MUTED', 'NO_ADDRESS', 'NO_DEVICE', 'SUPPRESSED', 'QUIET_HOURS', 'DIGEST', 'BOUNCE', 'COMPLAINT', 'REFUSED', 'GIVEN_UP');--> statement-breakpoint
CREATE TYPE "notifications"."delivery_status" AS ENUM('PENDING', 'DEFERRED', 'DIGESTED', 'SKIPPED', 'SENDING', 'RETRY', 'SENT', 'DELIVERED', 'BOUNCED', 'DEAD');--> statement-breakpoint
CREATE TYPE "notifications"."mail_suppression_reason" AS ENUM('BOUNCE', 'COMPLAINT');--> statement-breakpoint
CREATE TYPE "notifications"."push_platform" AS ENUM('FCM', 'WEBPUSH');--> statement-breakpoint
CREATE TABLE "notifications"."delivery" (
	"id" uuid PRIMARY KEY NOT NULL,
	"notification_id" uuid NOT NULL,
	"recipient_id" uuid NOT NULL,
	"type" text NOT NULL,
	"channel" "notifications"."notification_channel" NOT NULL,
	"status" "notifications"."delivery_status" DEFAULT 'PENDING' NOT NULL,
	"reason" "notifications"."delivery_reason",
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"last_error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "delivery_once" UNIQUE("notification_id","channel"),
	CONSTRAINT "delivery_leaves_the_house" CHECK ("notifications"."delivery"."channel" <> 'IN_APP'),
	CONSTRAINT "delivery_attempts_not_negative" CHECK ("notifications"."delivery"."attempts" >= 0)
);
--> statement-breakpoint
CREATE TABLE "notifications"."mail_suppression" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address_hash" text NOT NULL,
	"reason" "notifications"."mail_suppression_reason" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."device_receipt" (
	"delivery_id" uuid NOT NULL,
	"device_id" uuid NOT NULL,
	"provider_id" text,
	"sent_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "device_receipt_once" PRIMARY KEY("delivery_id","device_id")
);
--> statement-breakpoint
CREATE TABLE "notifications"."device" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"platform" "notifications"."push_platform" NOT NULL,
	"label" text,
	"address_hash" text NOT NULL,
	"target" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notifications"."notification" ALTER COLUMN "seq" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."delivery" ADD CONSTRAINT "delivery_notification_id_notification_id_fk" FOREIGN KEY ("notification_id") REFERENCES "notifications"."notification"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications"."device_receipt" ADD CONSTRAINT "device_receipt_delivery_id_delivery_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "notifications"."delivery"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications"."device_receipt" ADD CONSTRAINT "device_receipt_device_id_device_id_fk" FOREIGN KEY ("device_id") REFERENCES "notifications"."device"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "delivery_due" ON "notifications"."delivery" USING btree ("next_at","id") WHERE "notifications"."delivery"."status" in ('PENDING', 'DEFERRED', 'SENDING', 'RETRY');--> statement-breakpoint
CREATE INDEX "delivery_by_recipient" ON "notifications"."delivery" USING btree ("recipient_id","created_at");--> statement-breakpoint
CREATE INDEX "delivery_by_status" ON "notifications"."delivery" USING btree ("status","changed_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "mail_suppression_once" ON "notifications"."mail_suppression" USING btree ("address_hash");--> statement-breakpoint
CREATE INDEX "mail_suppression_by_age" ON "notifications"."mail_suppression" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "device_receipt_by_device" ON "notifications"."device_receipt" USING btree ("device_id");--> statement-breakpoint
CREATE UNIQUE INDEX "device_once" ON "notifications"."device" USING btree ("address_hash");--> statement-breakpoint
CREATE INDEX "device_by_user" ON "notifications"."device" USING btree ("user_id","last_seen_at","id");--> statement-breakpoint
CREATE INDEX "device_by_age" ON "notifications"."device" USING btree ("last_seen_at");