CREATE TABLE "projects"."project_submission" (
	"id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"title" text NOT NULL,
	"summary" text,
	"repository_url" text,
	"demo_url" text,
	"video_url" text,
	"thumbnail_url" text,
	"tags" text[] NOT NULL,
	"tracks" jsonb NOT NULL,
	"members" jsonb NOT NULL,
	"submitted_by" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "project_submission_number" UNIQUE("project_id","number"),
	CONSTRAINT "project_submission_number_positive" CHECK ("projects"."project_submission"."number" > 0)
);
--> statement-breakpoint
ALTER TABLE "projects"."project" DROP CONSTRAINT "project_submission_whole";--> statement-breakpoint
ALTER TABLE "projects"."event_terms" ADD COLUMN "min_team_size" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."event_terms" ADD COLUMN "tracks" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "video_url" text;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "thumbnail_url" text;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "track_ids" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "looking_for" text;--> statement-breakpoint
ALTER TABLE "projects"."project" ADD COLUMN "submission_number" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "projects"."project_submission" ADD CONSTRAINT "project_submission_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "projects"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- What teams have handed in so far is their first submission; whoever came first into a team owns it.
UPDATE "projects"."project" SET "submission_number" = 1 WHERE "submission" IS NOT NULL;--> statement-breakpoint
INSERT INTO "projects"."project_submission"
	("id", "project_id", "number", "title", "summary", "repository_url", "demo_url", "tags", "tracks", "members", "submitted_by", "at")
SELECT gen_random_uuid(), p."id", 1, p."submission"->>'title', p."submission"->>'summary', p."submission"->>'repositoryUrl',
	p."submission"->>'demoUrl', '{}', '[]'::jsonb,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('userId', m."id", 'role', CASE m."nth" WHEN 1 THEN 'OWNER' ELSE 'MEMBER' END) ORDER BY m."nth"), '[]'::jsonb)
		FROM jsonb_array_elements_text(p."submission"->'memberIds') WITH ORDINALITY AS m("id", "nth")),
	coalesce(
		(SELECT t."actor_id" FROM "projects"."project_transition" t
			WHERE t."project_id" = p."id" AND t."to" = 'SUBMITTED' AND t."from" = 'DRAFT' AND t."actor_id" IS NOT NULL
			ORDER BY t."at" DESC, t."id" DESC LIMIT 1),
		(SELECT m."user_id" FROM "projects"."project_member" m WHERE m."project_id" = p."id" ORDER BY m."joined_at", m."id" LIMIT 1)),
	p."submitted_at"
FROM "projects"."project" p WHERE p."submission" IS NOT NULL;--> statement-breakpoint
-- What was handed in never changes, whoever asks for it.
CREATE FUNCTION "projects"."keep_submission"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a submission is kept as it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'project_submission_kept';
END $$;--> statement-breakpoint
CREATE TRIGGER "project_submission_kept" BEFORE UPDATE OR DELETE ON "projects"."project_submission"
	FOR EACH ROW EXECUTE FUNCTION "projects"."keep_submission"();--> statement-breakpoint
ALTER TABLE "projects"."project" ADD CONSTRAINT "project_submission_whole" CHECK (("projects"."project"."submitted_at" is null) = ("projects"."project"."submission_number" = 0) and ("projects"."project"."status" <> 'SUBMITTED' or "projects"."project"."submitted_at" is not null));