CREATE TYPE "notifications"."watch_level" AS ENUM('WATCHED', 'MUTED');--> statement-breakpoint
CREATE TABLE "notifications"."person" (
	"id" uuid PRIMARY KEY NOT NULL,
	"locale" text NOT NULL,
	"timezone" text NOT NULL,
	"is_machine" boolean DEFAULT false NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications"."repeat" (
	"recipient_id" uuid NOT NULL,
	"key" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "repeat_once" PRIMARY KEY("recipient_id","key")
);
--> statement-breakpoint
CREATE TABLE "notifications"."watch" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"subject_id" text NOT NULL,
	"level" "notifications"."watch_level" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "watch_once" UNIQUE("user_id","subject_id")
);
--> statement-breakpoint
ALTER TABLE "notifications"."member" ADD COLUMN "permissions" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
CREATE INDEX "repeat_by_end" ON "notifications"."repeat" USING btree ("until");--> statement-breakpoint
CREATE INDEX "watch_by_subject" ON "notifications"."watch" USING btree ("subject_id","user_id") WHERE "notifications"."watch"."level" = 'WATCHED';