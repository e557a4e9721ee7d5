CREATE TYPE "projects"."project_stage" AS ENUM('CHALLENGE', 'PROJECT', 'RESEARCH', 'SKETCH', 'PROTOTYPE', 'PUBLISH', 'SHARE');--> statement-breakpoint
CREATE TYPE "projects"."collaborator_role" AS ENUM('MENTOR', 'VIEWER');--> statement-breakpoint
CREATE TABLE "projects"."project_extension" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL,
	"granted_by" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projects"."project_collaborator" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" "projects"."collaborator_role" NOT NULL,
	"added_by" uuid NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "project_collaborator_once" UNIQUE("project_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "projects"."project_template" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"summary" text,
	"tags" text[] NOT NULL,
	"visibility" "projects"."project_visibility" NOT NULL,
	"is_open_to_join" boolean NOT NULL,
	"can_members_invite" boolean NOT NULL,
	"archived_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "stage" "projects"."project_stage" DEFAULT 'CHALLENGE' NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "extended_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "projects"."project_extension" ADD CONSTRAINT "project_extension_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "projects"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects"."project_collaborator" ADD CONSTRAINT "project_collaborator_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "projects"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "project_extension_by_project" ON "projects"."project_extension" USING btree ("project_id","at","id");--> statement-breakpoint
CREATE INDEX "project_collaborator_by_user" ON "projects"."project_collaborator" USING btree ("user_id","project_id");--> statement-breakpoint
CREATE UNIQUE INDEX "project_template_name" ON "projects"."project_template" USING btree ("organization_id",lower("name")) WHERE "projects"."project_template"."archived_at" is null;--> statement-breakpoint
CREATE INDEX "project_template_by_organization" ON "projects"."project_template" USING btree ("organization_id","name","id");--> statement-breakpoint
CREATE INDEX "project_by_tag" ON "projects"."project" USING gin ("tags");--> statement-breakpoint
CREATE INDEX "project_by_word" ON "projects"."project" USING gin (to_tsvector('simple', translate("title" || ' ' || coalesce("summary", ''), './@:_-', '      ')));