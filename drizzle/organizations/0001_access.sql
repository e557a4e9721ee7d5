CREATE TYPE "organizations"."organization_status" AS ENUM('ACTIVE', 'CLOSING', 'CLOSED');--> statement-breakpoint
CREATE TYPE "organizations"."team_role" AS ENUM('LEAD', 'MEMBER');--> statement-breakpoint
ALTER TYPE "organizations"."organization_role" ADD VALUE 'BILLING' BEFORE 'ORGANIZER';--> statement-breakpoint
ALTER TYPE "organizations"."organization_role" ADD VALUE 'MANAGER' BEFORE 'MEMBER';--> statement-breakpoint
ALTER TYPE "organizations"."organization_role" ADD VALUE 'TECHNICIAN' BEFORE 'MEMBER';--> statement-breakpoint
ALTER TYPE "organizations"."organization_role" ADD VALUE 'BUYER' BEFORE 'MEMBER';--> statement-breakpoint
ALTER TYPE "organizations"."organization_role" ADD VALUE 'FULFILLER' BEFORE 'MEMBER';--> statement-breakpoint
ALTER TYPE "organizations"."organization_role" ADD VALUE 'OFFICER' BEFORE 'MEMBER';--> statement-breakpoint
CREATE TABLE "organizations"."custom_role" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"permissions" text[] NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "custom_role_of_organization" UNIQUE("organization_id","id")
);
--> statement-breakpoint
CREATE TABLE "organizations"."role_binding" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"user_id" uuid,
	"team_id" uuid,
	"role" "organizations"."organization_role",
	"custom_role_id" uuid,
	"scope_id" text,
	"granted_by_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "role_binding_once" UNIQUE NULLS NOT DISTINCT("organization_id","user_id","team_id","role","custom_role_id","scope_id"),
	CONSTRAINT "role_binding_one_subject" CHECK (num_nonnulls("organizations"."role_binding"."user_id", "organizations"."role_binding"."team_id") = 1),
	CONSTRAINT "role_binding_one_role" CHECK (num_nonnulls("organizations"."role_binding"."role", "organizations"."role_binding"."custom_role_id") = 1),
	CONSTRAINT "role_binding_no_owner" CHECK ("organizations"."role_binding"."role" <> 'OWNER')
);
--> statement-breakpoint
CREATE TABLE "organizations"."team_member" (
	"team_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" "organizations"."team_role" NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "team_member_once" PRIMARY KEY("team_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "organizations"."team" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "team_of_organization" UNIQUE("organization_id","id")
);
--> statement-breakpoint
ALTER TABLE "organizations"."organization" DROP CONSTRAINT "organization_has_owner";--> statement-breakpoint
DROP INDEX "organizations"."organization_slug_unique";--> statement-breakpoint
ALTER TABLE "organizations"."member" ADD COLUMN "is_service" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations"."member" ADD COLUMN "binding_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations"."organization" ADD COLUMN "custom_role_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations"."organization" ADD COLUMN "status" "organizations"."organization_status" DEFAULT 'ACTIVE' NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations"."organization" ADD COLUMN "closes_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "organizations"."custom_role" ADD CONSTRAINT "custom_role_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "organizations"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations"."role_binding" ADD CONSTRAINT "role_binding_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "organizations"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations"."role_binding" ADD CONSTRAINT "role_binding_of_member" FOREIGN KEY ("organization_id","user_id") REFERENCES "organizations"."member"("organization_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations"."role_binding" ADD CONSTRAINT "role_binding_of_team" FOREIGN KEY ("organization_id","team_id") REFERENCES "organizations"."team"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations"."role_binding" ADD CONSTRAINT "role_binding_role_in_use" FOREIGN KEY ("organization_id","custom_role_id") REFERENCES "organizations"."custom_role"("organization_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations"."team_member" ADD CONSTRAINT "team_member_in_team" FOREIGN KEY ("organization_id","team_id") REFERENCES "organizations"."team"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations"."team_member" ADD CONSTRAINT "team_member_in_organization" FOREIGN KEY ("organization_id","user_id") REFERENCES "organizations"."member"("organization_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations"."team" ADD CONSTRAINT "team_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "organizations"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "custom_role_name_unique" ON "organizations"."custom_role" USING btree ("organization_id",lower("name"));--> statement-breakpoint
CREATE INDEX "role_binding_by_user" ON "organizations"."role_binding" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "role_binding_by_team" ON "organizations"."role_binding" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "role_binding_by_custom_role" ON "organizations"."role_binding" USING btree ("custom_role_id");--> statement-breakpoint
CREATE INDEX "role_binding_by_organization" ON "organizations"."role_binding" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "team_member_by_user" ON "organizations"."team_member" USING btree ("user_id","joined_at");--> statement-breakpoint
CREATE INDEX "team_member_by_membership" ON "organizations"."team_member" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "team_name_unique" ON "organizations"."team" USING btree ("organization_id",lower("name"));--> statement-breakpoint
CREATE INDEX "team_by_organization" ON "organizations"."team" USING btree ("organization_id","name","id");--> statement-breakpoint
CREATE INDEX "organization_closing" ON "organizations"."organization" USING btree ("closes_at") WHERE "organizations"."organization"."status" = 'CLOSING';--> statement-breakpoint
CREATE UNIQUE INDEX "organization_slug_unique" ON "organizations"."organization" USING btree ("slug") WHERE "organizations"."organization"."status" <> 'CLOSED';--> statement-breakpoint
ALTER TABLE "organizations"."member" ADD CONSTRAINT "member_service_no_owner" CHECK (not ("organizations"."member"."is_service" and "organizations"."member"."role" = 'OWNER'));--> statement-breakpoint
ALTER TABLE "organizations"."member" ADD CONSTRAINT "member_bindings_max" CHECK ("organizations"."member"."binding_count" between 0 and 100);--> statement-breakpoint
ALTER TABLE "organizations"."organization" ADD CONSTRAINT "organization_closing_at" CHECK (("organizations"."organization"."status" = 'CLOSING') = ("organizations"."organization"."closes_at" is not null));--> statement-breakpoint
ALTER TABLE "organizations"."organization" ADD CONSTRAINT "organization_roles_max" CHECK ("organizations"."organization"."custom_role_count" between 0 and 50);--> statement-breakpoint
ALTER TABLE "organizations"."organization" ADD CONSTRAINT "organization_has_owner" CHECK (case when "organizations"."organization"."status" = 'CLOSED' then "organizations"."organization"."owner_count" = 0 else "organizations"."organization"."owner_count" >= 1 end);