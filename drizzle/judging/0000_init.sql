CREATE SCHEMA "judging";
--> statement-breakpoint
CREATE TYPE "judging"."electorate" AS ENUM('PARTICIPANTS', 'ANYONE');--> statement-breakpoint
CREATE TYPE "judging"."tie_break" AS ENUM('NONE', 'NORMALIZED_TOTAL', 'RAW_TOTAL', 'TOP_CRITERION', 'FIRST_PLACES', 'TIED');--> statement-breakpoint
CREATE TYPE "judging"."assignment_origin" AS ENUM('PLANNED', 'MANUAL', 'TAKEN');--> statement-breakpoint
CREATE TYPE "judging"."ranked_by" AS ENUM('NORMALIZED', 'RAW');--> statement-breakpoint
CREATE TYPE "judging"."round_mode" AS ENUM('RUBRIC', 'PAIRWISE');--> statement-breakpoint
CREATE TYPE "judging"."round_status" AS ENUM('DRAFT', 'OPEN', 'CLOSED', 'PUBLISHED');--> statement-breakpoint
CREATE TYPE "judging"."tie_rule" AS ENUM('BREAK', 'SHARE');--> statement-breakpoint
CREATE TYPE "judging"."exclusion" AS ENUM('CONFLICT', 'OWN_TEAM');--> statement-breakpoint
CREATE TYPE "judging"."sheet_status" AS ENUM('DRAFT', 'FINAL');--> statement-breakpoint
CREATE TABLE "judging"."idempotency" (
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_once" PRIMARY KEY("actor","operation","key")
);
--> statement-breakpoint
CREATE TABLE "judging"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inbox_once" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."outbox" (
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
CREATE TABLE "judging"."event_role" (
	"object_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"roles" text[] NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "event_role_once" PRIMARY KEY("object_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."event_terms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"title" text NOT NULL,
	"status" text NOT NULL,
	"visibility" text NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"tracks" jsonb NOT NULL,
	"terms_version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "judging"."project_fact" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"title" text NOT NULL,
	"summary" text,
	"demo_url" text,
	"track_ids" text[] NOT NULL,
	"status" text NOT NULL,
	"facts_version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "judging"."team_member" (
	"project_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "team_member_once" PRIMARY KEY("project_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."public_ballot_choice" (
	"ballot_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	CONSTRAINT "public_ballot_choice_once" PRIMARY KEY("ballot_id","project_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."public_ballot" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"voter_id" uuid NOT NULL,
	"cast_at" timestamp (3) with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "public_ballot_once" UNIQUE("event_id","voter_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."public_vote" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"electorate" "judging"."electorate" NOT NULL,
	"choice_limit" integer NOT NULL,
	"opens_at" timestamp (3) with time zone NOT NULL,
	"closes_at" timestamp (3) with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "public_vote_period_positive" CHECK ("judging"."public_vote"."closes_at" > "judging"."public_vote"."opens_at"),
	CONSTRAINT "public_vote_choices" CHECK ("judging"."public_vote"."choice_limit" between 1 and 10)
);
--> statement-breakpoint
CREATE TABLE "judging"."award" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"track_id" uuid,
	"prize_id" uuid,
	"awarded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "award_once" UNIQUE NULLS NOT DISTINCT("round_id","project_id","track_id","prize_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."round_result" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"judged_project_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"track_id" uuid,
	"rank" integer NOT NULL,
	"place" integer,
	"raw_score" double precision,
	"normalized_score" double precision,
	"counted_count" integer NOT NULL,
	"excluded_count" integer NOT NULL,
	"first_place_count" integer NOT NULL,
	"tie_break" "judging"."tie_break" NOT NULL,
	"is_finalist" boolean NOT NULL,
	CONSTRAINT "round_result_once" UNIQUE NULLS NOT DISTINCT("judged_project_id","track_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."judge_assignment" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"judged_project_id" uuid NOT NULL,
	"judge_id" uuid NOT NULL,
	"origin" "judging"."assignment_origin" NOT NULL,
	"assigned_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "judge_assignment_once" UNIQUE("judged_project_id","judge_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."conflict_of_interest" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"judge_id" uuid NOT NULL,
	"declared_by_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"declared_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "conflict_of_interest_once" UNIQUE("project_id","judge_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."judging_criterion" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"weight" double precision NOT NULL,
	"min_score" double precision NOT NULL,
	"max_score" double precision NOT NULL,
	"step" double precision NOT NULL,
	"is_required" boolean NOT NULL,
	"is_independent" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "judging_criterion_scale" CHECK ("judging"."judging_criterion"."max_score" > "judging"."judging_criterion"."min_score" and "judging"."judging_criterion"."step" > 0),
	CONSTRAINT "judging_criterion_weight_positive" CHECK ("judging"."judging_criterion"."weight" > 0)
);
--> statement-breakpoint
CREATE TABLE "judging"."judged_project" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"title" text NOT NULL,
	"summary" text,
	"demo_url" text,
	"track_ids" text[] NOT NULL,
	"is_out" boolean DEFAULT false NOT NULL,
	"judge_count" integer DEFAULT 0 NOT NULL,
	"review_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "judged_project_once" UNIQUE("round_id","project_id"),
	CONSTRAINT "judged_project_number" UNIQUE("round_id","number"),
	CONSTRAINT "judged_project_counts" CHECK ("judging"."judged_project"."judge_count" >= 0 and "judging"."judged_project"."review_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "judging"."judging_round_transition" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"from" "judging"."round_status" NOT NULL,
	"to" "judging"."round_status" NOT NULL,
	"reason" text,
	"actor_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "judging"."judging_round" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"created_by_id" uuid NOT NULL,
	"name" text NOT NULL,
	"mode" "judging"."round_mode" NOT NULL,
	"status" "judging"."round_status" DEFAULT 'DRAFT' NOT NULL,
	"track_id" uuid,
	"previous_round_id" uuid,
	"opens_at" timestamp (3) with time zone,
	"closes_at" timestamp (3) with time zone,
	"is_blind" boolean NOT NULL,
	"min_reviews_per_project" integer NOT NULL,
	"max_projects_per_judge" integer,
	"advances_count" integer,
	"ranked_by" "judging"."ranked_by" NOT NULL,
	"tie_rule" "judging"."tie_rule" NOT NULL,
	"is_feedback_shared" boolean NOT NULL,
	"seed" integer NOT NULL,
	"opened_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	"published_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "judging_round_period_positive" CHECK ("judging"."judging_round"."closes_at" > "judging"."judging_round"."opens_at"),
	CONSTRAINT "judging_round_counts_positive" CHECK ("judging"."judging_round"."min_reviews_per_project" >= 1 and "judging"."judging_round"."max_projects_per_judge" >= 1 and "judging"."judging_round"."advances_count" >= 1)
);
--> statement-breakpoint
CREATE TABLE "judging"."judge_pair" (
	"round_id" uuid NOT NULL,
	"judge_id" uuid NOT NULL,
	"previous_id" uuid,
	"next_id" uuid,
	"given_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "judge_pair_once" PRIMARY KEY("round_id","judge_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."pairwise_view" (
	"judged_project_id" uuid NOT NULL,
	"judge_id" uuid NOT NULL,
	"is_skipped" boolean NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pairwise_view_once" PRIMARY KEY("judged_project_id","judge_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."score" (
	"sheet_id" uuid NOT NULL,
	"criterion_id" uuid NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "score_once" PRIMARY KEY("sheet_id","criterion_id")
);
--> statement-breakpoint
CREATE TABLE "judging"."score_sheet" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"judged_project_id" uuid NOT NULL,
	"judge_id" uuid NOT NULL,
	"status" "judging"."sheet_status" NOT NULL,
	"comment" text,
	"exclusion" "judging"."exclusion",
	"final_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "score_sheet_once" UNIQUE("judged_project_id","judge_id"),
	CONSTRAINT "score_sheet_final_whole" CHECK (("judging"."score_sheet"."status" = 'FINAL') = ("judging"."score_sheet"."final_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "judging"."pairwise_vote" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"judge_id" uuid NOT NULL,
	"winner_id" uuid NOT NULL,
	"loser_id" uuid NOT NULL,
	"exclusion" "judging"."exclusion",
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pairwise_vote_of_two" CHECK ("judging"."pairwise_vote"."winner_id" <> "judging"."pairwise_vote"."loser_id")
);
--> statement-breakpoint
ALTER TABLE "judging"."team_member" ADD CONSTRAINT "team_member_project_id_project_fact_id_fk" FOREIGN KEY ("project_id") REFERENCES "judging"."project_fact"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."public_ballot_choice" ADD CONSTRAINT "public_ballot_choice_ballot_id_public_ballot_id_fk" FOREIGN KEY ("ballot_id") REFERENCES "judging"."public_ballot"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."public_ballot" ADD CONSTRAINT "public_ballot_event_id_public_vote_id_fk" FOREIGN KEY ("event_id") REFERENCES "judging"."public_vote"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."award" ADD CONSTRAINT "award_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."round_result" ADD CONSTRAINT "round_result_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."round_result" ADD CONSTRAINT "round_result_judged_project_id_judged_project_id_fk" FOREIGN KEY ("judged_project_id") REFERENCES "judging"."judged_project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."judge_assignment" ADD CONSTRAINT "judge_assignment_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."judge_assignment" ADD CONSTRAINT "judge_assignment_judged_project_id_judged_project_id_fk" FOREIGN KEY ("judged_project_id") REFERENCES "judging"."judged_project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."judging_criterion" ADD CONSTRAINT "judging_criterion_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."judged_project" ADD CONSTRAINT "judged_project_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."judging_round_transition" ADD CONSTRAINT "judging_round_transition_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."judge_pair" ADD CONSTRAINT "judge_pair_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."judge_pair" ADD CONSTRAINT "judge_pair_previous_id_judged_project_id_fk" FOREIGN KEY ("previous_id") REFERENCES "judging"."judged_project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."judge_pair" ADD CONSTRAINT "judge_pair_next_id_judged_project_id_fk" FOREIGN KEY ("next_id") REFERENCES "judging"."judged_project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."pairwise_view" ADD CONSTRAINT "pairwise_view_judged_project_id_judged_project_id_fk" FOREIGN KEY ("judged_project_id") REFERENCES "judging"."judged_project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."score" ADD CONSTRAINT "score_sheet_id_score_sheet_id_fk" FOREIGN KEY ("sheet_id") REFERENCES "judging"."score_sheet"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."score" ADD CONSTRAINT "score_criterion_id_judging_criterion_id_fk" FOREIGN KEY ("criterion_id") REFERENCES "judging"."judging_criterion"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."score_sheet" ADD CONSTRAINT "score_sheet_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."score_sheet" ADD CONSTRAINT "score_sheet_judged_project_id_judged_project_id_fk" FOREIGN KEY ("judged_project_id") REFERENCES "judging"."judged_project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."pairwise_vote" ADD CONSTRAINT "pairwise_vote_round_id_judging_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "judging"."judging_round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."pairwise_vote" ADD CONSTRAINT "pairwise_vote_winner_id_judged_project_id_fk" FOREIGN KEY ("winner_id") REFERENCES "judging"."judged_project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "judging"."pairwise_vote" ADD CONSTRAINT "pairwise_vote_loser_id_judged_project_id_fk" FOREIGN KEY ("loser_id") REFERENCES "judging"."judged_project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_by_age" ON "judging"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_by_age" ON "judging"."inbox" USING brin ("handled_at");--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "judging"."outbox" USING btree ("seq") WHERE "judging"."outbox"."sent_at" is null;--> statement-breakpoint
CREATE INDEX "event_role_by_user" ON "judging"."event_role" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "project_fact_by_event" ON "judging"."project_fact" USING btree ("event_id","id");--> statement-breakpoint
CREATE INDEX "team_member_by_user" ON "judging"."team_member" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "public_ballot_choice_by_event" ON "judging"."public_ballot_choice" USING btree ("event_id","project_id");--> statement-breakpoint
CREATE INDEX "public_ballot_by_voter" ON "judging"."public_ballot" USING btree ("voter_id");--> statement-breakpoint
CREATE INDEX "award_by_project" ON "judging"."award" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "round_result_by_round" ON "judging"."round_result" USING btree ("round_id","track_id","rank");--> statement-breakpoint
CREATE INDEX "round_result_by_project" ON "judging"."round_result" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "judge_assignment_by_round" ON "judging"."judge_assignment" USING btree ("round_id","assigned_at","id");--> statement-breakpoint
CREATE INDEX "judge_assignment_by_judge" ON "judging"."judge_assignment" USING btree ("judge_id","round_id");--> statement-breakpoint
CREATE INDEX "conflict_of_interest_by_event" ON "judging"."conflict_of_interest" USING btree ("event_id","declared_at","id");--> statement-breakpoint
CREATE INDEX "conflict_of_interest_by_judge" ON "judging"."conflict_of_interest" USING btree ("judge_id");--> statement-breakpoint
CREATE INDEX "judging_criterion_by_round" ON "judging"."judging_criterion" USING btree ("round_id","created_at","id");--> statement-breakpoint
CREATE INDEX "judged_project_by_project" ON "judging"."judged_project" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "judging_round_transition_by_round" ON "judging"."judging_round_transition" USING btree ("round_id","at","id");--> statement-breakpoint
CREATE INDEX "judging_round_by_event" ON "judging"."judging_round" USING btree ("event_id","created_at","id");--> statement-breakpoint
CREATE INDEX "score_sheet_by_round" ON "judging"."score_sheet" USING btree ("round_id","judge_id");--> statement-breakpoint
CREATE INDEX "score_sheet_by_judge" ON "judging"."score_sheet" USING btree ("judge_id","created_at");--> statement-breakpoint
CREATE INDEX "pairwise_vote_by_round" ON "judging"."pairwise_vote" USING btree ("round_id","at","id");--> statement-breakpoint
CREATE INDEX "pairwise_vote_by_judge" ON "judging"."pairwise_vote" USING btree ("judge_id","at");