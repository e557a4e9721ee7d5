CREATE SCHEMA "projects";
--> statement-breakpoint
CREATE TYPE "projects"."project_member_role" AS ENUM('OWNER', 'MEMBER');--> statement-breakpoint
CREATE TYPE "projects"."project_status" AS ENUM('DRAFT', 'SUBMITTED', 'UNDER_REVIEW', 'FINALIST', 'WINNER', 'NOT_SELECTED', 'WITHDRAWN', 'DISQUALIFIED');--> statement-breakpoint
CREATE TABLE "projects"."event_terms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"title" text NOT NULL,
	"status" text NOT NULL,
	"visibility" text NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"submission_deadline" timestamp (3) with time zone,
	"grace_minutes" integer NOT NULL,
	"max_team_size" integer NOT NULL,
	"terms_version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projects"."idempotency" (
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_once" PRIMARY KEY("actor","operation","key")
);
--> statement-breakpoint
CREATE TABLE "projects"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inbox_once" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "projects"."outbox" (
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
CREATE TABLE "projects"."project_member" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"team_event_id" uuid,
	"user_id" uuid NOT NULL,
	"role" "projects"."project_member_role" NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "project_member_once" UNIQUE("project_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "projects"."project_transition" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"from" "projects"."project_status" NOT NULL,
	"to" "projects"."project_status" NOT NULL,
	"reason" text,
	"actor_id" uuid,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projects"."project" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid,
	"organization_id" uuid NOT NULL,
	"title" text NOT NULL,
	"summary" text,
	"repository_url" text,
	"demo_url" text,
	"status" "projects"."project_status" DEFAULT 'DRAFT' NOT NULL,
	"member_count" integer NOT NULL,
	"member_limit" integer NOT NULL,
	"submitted_at" timestamp (3) with time zone,
	"submission" jsonb,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "project_members_within_limit" CHECK ("projects"."project"."member_count" between 1 and "projects"."project"."member_limit"),
	CONSTRAINT "project_submission_whole" CHECK (("projects"."project"."submitted_at" is null) = ("projects"."project"."submission" is null) and ("projects"."project"."status" <> 'SUBMITTED' or "projects"."project"."submitted_at" is not null))
);
--> statement-breakpoint
ALTER TABLE "projects"."project_member" ADD CONSTRAINT "project_member_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "projects"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects"."project_transition" ADD CONSTRAINT "project_transition_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "projects"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD CONSTRAINT "project_event_id_event_terms_id_fk" FOREIGN KEY ("event_id") REFERENCES "projects"."event_terms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_by_age" ON "projects"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "projects"."outbox" USING btree ("seq") WHERE "projects"."outbox"."sent_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "project_member_one_team" ON "projects"."project_member" USING btree ("team_event_id","user_id") WHERE "projects"."project_member"."team_event_id" is not null;--> statement-breakpoint
CREATE INDEX "project_member_by_user" ON "projects"."project_member" USING btree ("user_id","project_id");--> statement-breakpoint
CREATE INDEX "project_transition_by_project" ON "projects"."project_transition" USING btree ("project_id","at","id");--> statement-breakpoint
CREATE INDEX "project_by_event" ON "projects"."project" USING btree ("event_id","created_at","id");--> statement-breakpoint
CREATE INDEX "project_by_organization" ON "projects"."project" USING btree ("organization_id","created_at","id");