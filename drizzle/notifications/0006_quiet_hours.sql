CREATE TABLE "notifications"."quiet_hours" (
	"id" uuid PRIMARY KEY NOT NULL,
	"timezone" text NOT NULL,
	"windows" jsonb NOT NULL,
	"is_critical_allowed" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "watch_by_user" ON "notifications"."watch" USING btree ("user_id","created_at","id");