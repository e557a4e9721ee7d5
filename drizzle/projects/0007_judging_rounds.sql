CREATE TABLE "projects"."judging_round" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"is_blind" boolean NOT NULL,
	"is_open" boolean NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX "judging_round_blind_by_event" ON "projects"."judging_round" USING btree ("event_id") WHERE "projects"."judging_round"."is_blind" and "projects"."judging_round"."is_open";