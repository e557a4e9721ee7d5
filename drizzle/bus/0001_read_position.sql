CREATE TABLE "bus"."position" (
	"consumer" text PRIMARY KEY NOT NULL,
	"stream" text DEFAULT '' NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"holder" uuid,
	"leased_until" timestamp (3) with time zone
);
