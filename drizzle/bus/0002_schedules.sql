CREATE TABLE "bus"."activity" (
	"domain" text PRIMARY KEY NOT NULL,
	"transport" text NOT NULL,
	"heard_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "bus"."schedule" (
	"domain" text NOT NULL,
	"name" text NOT NULL,
	"every_seconds" integer NOT NULL,
	"next_due_at" timestamp (3) with time zone NOT NULL,
	"holder" uuid,
	"leased_until" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"last_ms" integer,
	"last_error" text,
	"last_good_at" timestamp (3) with time zone,
	CONSTRAINT "schedule_once" PRIMARY KEY("domain","name")
);
--> statement-breakpoint
CREATE INDEX "delivery_dead" ON "bus"."delivery" USING btree ("consumer","dead_at","event_id") WHERE "bus"."delivery"."dead_at" is not null;