CREATE SCHEMA "organizations";
--> statement-breakpoint
CREATE TYPE "organizations"."invitation_status" AS ENUM('PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'EXPIRED');--> statement-breakpoint
CREATE TYPE "organizations"."organization_kind" AS ENUM('INNOVATION', 'MAKERSPACE', 'COMMERCE', 'CITY', 'TEAM');--> statement-breakpoint
CREATE TYPE "organizations"."organization_role" AS ENUM('OWNER', 'ADMIN', 'ORGANIZER', 'MEMBER', 'GUEST');--> statement-breakpoint
CREATE TABLE "organizations"."idempotency" (
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_once" PRIMARY KEY("actor","operation","key")
);
--> statement-breakpoint
CREATE TABLE "organizations"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inbox_once" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "organizations"."invitation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"email" text NOT NULL,
	"role" "organizations"."organization_role" NOT NULL,
	"status" "organizations"."invitation_status" DEFAULT 'PENDING' NOT NULL,
	"token_hash" text NOT NULL,
	"invitee_user_id" uuid,
	"invited_by_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizations"."member" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" "organizations"."organization_role" NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organizations"."organization" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"kind" "organizations"."organization_kind" NOT NULL,
	"owner_count" integer NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "organization_has_owner" CHECK ("organizations"."organization"."owner_count" >= 1)
);
--> statement-breakpoint
CREATE TABLE "organizations"."outbox" (
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
CREATE TABLE "organizations"."person" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"organization_count" integer NOT NULL,
	CONSTRAINT "person_organizations_max" CHECK ("organizations"."person"."organization_count" between 0 and 50)
);
--> statement-breakpoint
ALTER TABLE "organizations"."invitation" ADD CONSTRAINT "invitation_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "organizations"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizations"."member" ADD CONSTRAINT "member_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "organizations"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_by_age" ON "organizations"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_token_unique" ON "organizations"."invitation" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "invitation_one_pending" ON "organizations"."invitation" USING btree ("organization_id","email") WHERE "organizations"."invitation"."status" = 'PENDING';--> statement-breakpoint
CREATE INDEX "invitation_by_organization" ON "organizations"."invitation" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "member_once" ON "organizations"."member" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "member_by_user" ON "organizations"."member" USING btree ("user_id","joined_at");--> statement-breakpoint
CREATE INDEX "member_by_organization" ON "organizations"."member" USING btree ("organization_id","joined_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "organization_slug_unique" ON "organizations"."organization" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "organizations"."outbox" USING btree ("seq") WHERE "organizations"."outbox"."sent_at" is null;