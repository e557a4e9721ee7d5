CREATE TABLE "events"."event_prize" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"track_id" uuid,
	"name" text NOT NULL,
	"description" text,
	"amount_minor" bigint,
	"currency" text,
	"position" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "event_prize_position" CHECK ("events"."event_prize"."position" >= 0),
	CONSTRAINT "event_prize_amount_whole" CHECK (("events"."event_prize"."amount_minor" is null) = ("events"."event_prize"."currency" is null) and "events"."event_prize"."amount_minor" >= 0)
);
--> statement-breakpoint
CREATE TABLE "events"."event_track" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"position" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "event_track_of_event" UNIQUE("event_id","id"),
	CONSTRAINT "event_track_position" CHECK ("events"."event_track"."position" >= 0)
);
--> statement-breakpoint
ALTER TABLE "events"."event" ADD COLUMN "slug" text;--> statement-breakpoint
UPDATE "events"."event" SET "slug" = trim(both '-' from left(regexp_replace(lower("title"), '[^a-z0-9]+', '-', 'g'), 60)) || '-' || right("id"::text, 12);--> statement-breakpoint
UPDATE "events"."event" SET "slug" = 'event' || "slug" WHERE "slug" LIKE '-%';--> statement-breakpoint
ALTER TABLE "events"."event" ALTER COLUMN "slug" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "events"."event" ADD COLUMN "hashtag" text;--> statement-breakpoint
ALTER TABLE "events"."event" ADD COLUMN "banner_url" text;--> statement-breakpoint
ALTER TABLE "events"."event" ADD COLUMN "latitude" double precision;--> statement-breakpoint
ALTER TABLE "events"."event" ADD COLUMN "longitude" double precision;--> statement-breakpoint
ALTER TABLE "events"."event" ADD COLUMN "min_team_size" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "events"."event_prize" ADD CONSTRAINT "event_prize_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "events"."event"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events"."event_prize" ADD CONSTRAINT "event_prize_track" FOREIGN KEY ("event_id","track_id") REFERENCES "events"."event_track"("event_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events"."event_track" ADD CONSTRAINT "event_track_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "events"."event"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_prize_in_order" ON "events"."event_prize" USING btree ("event_id","position","id");--> statement-breakpoint
CREATE INDEX "event_prize_by_track" ON "events"."event_prize" USING btree ("track_id");--> statement-breakpoint
CREATE UNIQUE INDEX "event_track_name_once" ON "events"."event_track" USING btree ("event_id",lower("name"));--> statement-breakpoint
CREATE INDEX "event_track_in_order" ON "events"."event_track" USING btree ("event_id","position","id");--> statement-breakpoint
ALTER TABLE "events"."event" ADD CONSTRAINT "event_slug_once" UNIQUE("slug");--> statement-breakpoint
ALTER TABLE "events"."event" ADD CONSTRAINT "event_team_size" CHECK ("events"."event"."min_team_size" between 1 and "events"."event"."max_team_size");--> statement-breakpoint
ALTER TABLE "events"."event" ADD CONSTRAINT "event_slug_shape" CHECK ("events"."event"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');--> statement-breakpoint
ALTER TABLE "events"."event" ADD CONSTRAINT "event_location_whole" CHECK (("events"."event"."latitude" is null) = ("events"."event"."longitude" is null) and "events"."event"."latitude" between -90 and 90 and "events"."event"."longitude" between -180 and 180);