CREATE TABLE "organizations"."mail" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sealed" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"last_error" text
);
--> statement-breakpoint
CREATE INDEX "mail_due" ON "organizations"."mail" USING btree ("available_at") WHERE "organizations"."mail"."sent_at" is null and "organizations"."mail"."failed_at" is null;