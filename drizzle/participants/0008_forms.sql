CREATE TYPE "participants"."registration_category" AS ENUM('PARTICIPANT', 'MENTOR', 'VOLUNTEER', 'JUDGE', 'SPONSOR');--> statement-breakpoint
CREATE TABLE "participants"."registration_answer" (
	"registration_id" uuid NOT NULL,
	"field_id" uuid NOT NULL,
	"field_version" integer NOT NULL,
	"value" jsonb NOT NULL,
	CONSTRAINT "registration_answer_once" PRIMARY KEY("registration_id","field_id")
);
--> statement-breakpoint
CREATE TABLE "participants"."form_choice" (
	"field_id" uuid NOT NULL,
	"value" text NOT NULL,
	"places" integer,
	"taken" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "form_choice_once" PRIMARY KEY("field_id","value"),
	CONSTRAINT "form_choice_within_places" CHECK ("participants"."form_choice"."taken" between 0 and coalesce("participants"."form_choice"."places", "participants"."form_choice"."taken"))
);
--> statement-breakpoint
CREATE TABLE "participants"."form_field_version" (
	"field_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "form_field_version_once" PRIMARY KEY("field_id","version")
);
--> statement-breakpoint
CREATE TABLE "participants"."form_field" (
	"id" uuid PRIMARY KEY NOT NULL,
	"form_id" uuid NOT NULL,
	"key" text NOT NULL,
	"position" integer NOT NULL,
	"archived_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "participants"."registration_form" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"title" text NOT NULL,
	"description" text,
	"category" "participants"."registration_category" NOT NULL,
	"opens_at" timestamp (3) with time zone,
	"closes_at" timestamp (3) with time zone,
	"capacity" integer,
	"taken" integer DEFAULT 0 NOT NULL,
	"approval_mode" text,
	"modification_mode" text NOT NULL,
	"is_approval_reset_on_modification" boolean NOT NULL,
	"is_private" boolean NOT NULL,
	"token_hash" text,
	"is_review_blind" boolean NOT NULL,
	"retention_days" integer,
	"is_default" boolean DEFAULT false NOT NULL,
	"archived_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "registration_form_within_capacity" CHECK ("participants"."registration_form"."taken" between 0 and coalesce("participants"."registration_form"."capacity", "participants"."registration_form"."taken")),
	CONSTRAINT "registration_form_private_has_token" CHECK (not "participants"."registration_form"."is_private" or "participants"."registration_form"."token_hash" is not null),
	CONSTRAINT "registration_form_default_is_open" CHECK (not "participants"."registration_form"."is_default" or (not "participants"."registration_form"."is_private" and "participants"."registration_form"."archived_at" is null))
);
--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD COLUMN "form_id" uuid;--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD COLUMN "category" "participants"."registration_category" DEFAULT 'PARTICIPANT' NOT NULL;--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD COLUMN "consent_to_be_listed" text DEFAULT 'NOBODY' NOT NULL;--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD COLUMN "answers_deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "participants"."registration_answer" ADD CONSTRAINT "registration_answer_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "participants"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."registration_answer" ADD CONSTRAINT "registration_answer_version" FOREIGN KEY ("field_id","field_version") REFERENCES "participants"."form_field_version"("field_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."form_choice" ADD CONSTRAINT "form_choice_field_id_form_field_id_fk" FOREIGN KEY ("field_id") REFERENCES "participants"."form_field"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."form_field_version" ADD CONSTRAINT "form_field_version_field_id_form_field_id_fk" FOREIGN KEY ("field_id") REFERENCES "participants"."form_field"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."form_field" ADD CONSTRAINT "form_field_form_id_registration_form_id_fk" FOREIGN KEY ("form_id") REFERENCES "participants"."registration_form"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."registration_form" ADD CONSTRAINT "registration_form_event_id_event_seats_id_fk" FOREIGN KEY ("event_id") REFERENCES "participants"."event_seats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "registration_answer_by_version" ON "participants"."registration_answer" USING btree ("field_id","field_version");--> statement-breakpoint
CREATE UNIQUE INDEX "form_field_key_once" ON "participants"."form_field" USING btree ("form_id","key") WHERE "participants"."form_field"."archived_at" is null;--> statement-breakpoint
CREATE INDEX "form_field_by_form" ON "participants"."form_field" USING btree ("form_id","position","id");--> statement-breakpoint
CREATE UNIQUE INDEX "registration_form_one_default" ON "participants"."registration_form" USING btree ("event_id") WHERE "participants"."registration_form"."is_default";--> statement-breakpoint
CREATE INDEX "registration_form_by_event" ON "participants"."registration_form" USING btree ("event_id","created_at","id");--> statement-breakpoint
CREATE INDEX "registration_form_forgets" ON "participants"."registration_form" USING btree ("event_id") WHERE "participants"."registration_form"."retention_days" is not null;--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD CONSTRAINT "registration_form_id_registration_form_id_fk" FOREIGN KEY ("form_id") REFERENCES "participants"."registration_form"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "registration_by_form" ON "participants"."registration" USING btree ("form_id") WHERE "participants"."registration"."answers_deleted_at" is null;--> statement-breakpoint
CREATE INDEX "registration_attendees" ON "participants"."registration" USING btree ("event_id","user_id") WHERE "participants"."registration"."consent_to_be_listed" <> 'NOBODY' and "participants"."registration"."status" in ('CONFIRMED', 'CHECKED_IN');--> statement-breakpoint
INSERT INTO "participants"."registration_form" ("id", "event_id", "organization_id", "title", "category", "taken", "modification_mode", "is_approval_reset_on_modification", "is_private", "is_review_blind", "is_default", "created_at", "updated_at")
SELECT gen_random_uuid(), "id", "organization_id", 'Registration', 'PARTICIPANT', (
	SELECT count(*) FROM "participants"."registration" WHERE "event_id" = "event_seats"."id" AND "status" NOT IN ('REJECTED', 'WITHDRAWN', 'EXPIRED', 'CANCELLED')
), 'ALWAYS', false, false, false, true, now(), now() FROM "participants"."event_seats";--> statement-breakpoint
UPDATE "participants"."registration" SET "form_id" = "registration_form"."id" FROM "participants"."registration_form" WHERE "registration_form"."event_id" = "registration"."event_id" AND "is_default";
