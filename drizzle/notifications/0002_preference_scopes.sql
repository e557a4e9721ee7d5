ALTER TYPE "notifications"."notification_channel" ADD VALUE 'PUSH';--> statement-breakpoint
CREATE TABLE "notifications"."scope_default" (
	"scope_id" text NOT NULL,
	"type" text,
	"category" "notifications"."notification_category",
	"channel" "notifications"."notification_channel" NOT NULL,
	"is_enabled" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "scope_default_once" UNIQUE NULLS NOT DISTINCT("scope_id","type","category","channel"),
	CONSTRAINT "scope_default_one_topic" CHECK ("notifications"."scope_default"."type" is null or "notifications"."scope_default"."category" is null)
);
--> statement-breakpoint
ALTER TABLE "notifications"."preference" DROP CONSTRAINT "preference_once";--> statement-breakpoint
ALTER TABLE "notifications"."preference" ALTER COLUMN "category" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."notification" ADD COLUMN "scope_ids" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."preference" ADD COLUMN "scope_id" text;--> statement-breakpoint
ALTER TABLE "notifications"."preference" ADD COLUMN "type" text;--> statement-breakpoint
ALTER TABLE "notifications"."preference" ADD CONSTRAINT "preference_once" UNIQUE NULLS NOT DISTINCT("user_id","scope_id","type","category","channel");--> statement-breakpoint
ALTER TABLE "notifications"."preference" ADD CONSTRAINT "preference_one_topic" CHECK ("notifications"."preference"."type" is null or "notifications"."preference"."category" is null);