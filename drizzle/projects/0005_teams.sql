CREATE TYPE "projects"."project_visibility" AS ENUM('TEAM', 'ORGANIZATION', 'PUBLIC');--> statement-breakpoint
CREATE TYPE "projects"."join_request_status" AS ENUM('PENDING', 'ACCEPTED', 'DECLINED', 'WITHDRAWN');--> statement-breakpoint
CREATE TABLE "projects"."join_attempt" (
	"id" uuid PRIMARY KEY NOT NULL,
	"failed_at" timestamp (3) with time zone[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projects"."join_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"event_id" uuid,
	"user_id" uuid NOT NULL,
	"message" text,
	"status" "projects"."join_request_status" DEFAULT 'PENDING' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid
);
--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "join_code" text;--> statement-breakpoint
-- Ten hexadecimal digits, which are signs of codes too: 40 random bits for the teams that there are.
UPDATE "projects"."project" SET "join_code" = upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 10));--> statement-breakpoint
ALTER TABLE "projects"."project" ALTER COLUMN "join_code" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "is_open_to_join" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "can_members_invite" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "visibility" "projects"."project_visibility" DEFAULT 'ORGANIZATION' NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."join_request" ADD CONSTRAINT "join_request_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "projects"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "join_request_once" ON "projects"."join_request" USING btree ("project_id","user_id") WHERE "projects"."join_request"."status" = 'PENDING';--> statement-breakpoint
CREATE INDEX "join_request_by_project" ON "projects"."join_request" USING btree ("project_id","created_at","id");--> statement-breakpoint
CREATE INDEX "join_request_by_user" ON "projects"."join_request" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "project_join_code" ON "projects"."project" USING btree ("join_code");--> statement-breakpoint
CREATE INDEX "project_open_by_event" ON "projects"."project" USING btree ("event_id","created_at","id") WHERE "projects"."project"."is_open_to_join" and "projects"."project"."status" = 'DRAFT';