CREATE SCHEMA "bus";
--> statement-breakpoint
CREATE TABLE "bus"."delivery" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"aggregate" text NOT NULL,
	"envelope" jsonb NOT NULL,
	"available_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"dead_at" timestamp (3) with time zone,
	CONSTRAINT "delivery_once" UNIQUE("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "bus"."subscription" (
	"consumer" text NOT NULL,
	"event_name" text NOT NULL,
	CONSTRAINT "subscription_once" PRIMARY KEY("consumer","event_name")
);
--> statement-breakpoint
CREATE INDEX "delivery_waiting" ON "bus"."delivery" USING btree ("consumer","seq") WHERE "bus"."delivery"."dead_at" is null;--> statement-breakpoint
CREATE INDEX "delivery_order" ON "bus"."delivery" USING btree ("consumer","aggregate","seq") WHERE "bus"."delivery"."dead_at" is null;