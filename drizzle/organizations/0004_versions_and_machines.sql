CREATE TABLE "organizations"."machine" (
	"id" uuid PRIMARY KEY NOT NULL,
	"decided_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "organizations"."person" ADD COLUMN "membership_version" integer DEFAULT 0 NOT NULL;