CREATE TYPE "participants"."scan_refusal" AS ENUM('INVALID', 'CANCELED', 'UNAPPROVED', 'ALREADY_REDEEMED', 'INVALID_TIME', 'BLOCKED', 'REVOKED', 'WRONG_CATEGORY', 'INCOMPLETE', 'NOT_ADMITTED', 'EXIT_NOT_RECORDED');--> statement-breakpoint
CREATE TYPE "participants"."scan_result" AS ENUM('OK', 'REJECTED');--> statement-breakpoint
CREATE TYPE "participants"."scan_type" AS ENUM('ENTRY', 'EXIT');--> statement-breakpoint
CREATE TABLE "participants"."check_in_list" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"activates_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"is_re_entry_allowed" boolean NOT NULL,
	"is_exit_recorded" boolean NOT NULL,
	"archived_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "check_in_list_active_before_expired" CHECK ("participants"."check_in_list"."expires_at" > "participants"."check_in_list"."activates_at"),
	CONSTRAINT "check_in_list_re_entry_needs_exit" CHECK ("participants"."check_in_list"."is_exit_recorded" or not "participants"."check_in_list"."is_re_entry_allowed")
);
--> statement-breakpoint
CREATE TABLE "participants"."check_in" (
	"id" uuid PRIMARY KEY NOT NULL,
	"list_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"registration_id" uuid,
	"type" "participants"."scan_type" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"scanned_by_id" uuid,
	"device_id" text NOT NULL,
	"nonce" text NOT NULL,
	"asked" integer,
	"is_forced" boolean NOT NULL,
	"is_offline" boolean NOT NULL,
	"result" "participants"."scan_result" NOT NULL,
	"refusal" "participants"."scan_refusal",
	"people" integer NOT NULL,
	"outdone_by_id" uuid,
	"is_contender" boolean NOT NULL,
	"is_current" boolean NOT NULL,
	"undone_at" timestamp (3) with time zone,
	"undone_by_id" uuid,
	"undo_reason" text,
	"arrival" integer NOT NULL,
	"seq" integer NOT NULL,
	"entered" integer NOT NULL,
	"exited" integer NOT NULL,
	"rejected" integer NOT NULL,
	CONSTRAINT "check_in_nonce_once" UNIQUE("list_id","nonce"),
	CONSTRAINT "check_in_in_order" UNIQUE("list_id","seq"),
	CONSTRAINT "check_in_rejected_has_reason" CHECK (("participants"."check_in"."result" = 'REJECTED') = ("participants"."check_in"."refusal" is not null)),
	CONSTRAINT "check_in_people_pass_when_ok" CHECK ("participants"."check_in"."people" >= 0 and ("participants"."check_in"."result" = 'OK' or "participants"."check_in"."people" = 0)),
	CONSTRAINT "check_in_current_is_entry" CHECK (not "participants"."check_in"."is_current" or ("participants"."check_in"."result" = 'OK' and "participants"."check_in"."type" = 'ENTRY' and "participants"."check_in"."undone_at" is null)),
	CONSTRAINT "check_in_counts_people" CHECK (least("participants"."check_in"."exited", "participants"."check_in"."rejected") >= 0 and "participants"."check_in"."entered" >= "participants"."check_in"."exited")
);
--> statement-breakpoint
CREATE TABLE "participants"."ticket" (
	"id" uuid PRIMARY KEY NOT NULL,
	"registration_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"secret_hash" text NOT NULL,
	"sealed_secret" text,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"blocked_at" timestamp (3) with time zone,
	"block_reason" text,
	CONSTRAINT "ticket_by_secret" UNIQUE("secret_hash"),
	CONSTRAINT "ticket_revoked_is_unreadable" CHECK (("participants"."ticket"."revoked_at" is null) = ("participants"."ticket"."sealed_secret" is not null)),
	CONSTRAINT "ticket_block_has_reason" CHECK ("participants"."ticket"."blocked_at" is not null or "participants"."ticket"."block_reason" is null)
);
--> statement-breakpoint
ALTER TABLE "participants"."check_in_list" ADD CONSTRAINT "check_in_list_event_id_event_seats_id_fk" FOREIGN KEY ("event_id") REFERENCES "participants"."event_seats"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."check_in" ADD CONSTRAINT "check_in_list_id_check_in_list_id_fk" FOREIGN KEY ("list_id") REFERENCES "participants"."check_in_list"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."check_in" ADD CONSTRAINT "check_in_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "participants"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants"."ticket" ADD CONSTRAINT "ticket_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "participants"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "check_in_list_by_event" ON "participants"."check_in_list" USING btree ("event_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "check_in_one_current" ON "participants"."check_in" USING btree ("list_id","registration_id") WHERE "participants"."check_in"."is_current";--> statement-breakpoint
CREATE INDEX "check_in_by_registration" ON "participants"."check_in" USING btree ("registration_id","list_id") WHERE "participants"."check_in"."registration_id" is not null;--> statement-breakpoint
CREATE INDEX "check_in_by_event" ON "participants"."check_in" USING btree ("event_id","result");--> statement-breakpoint
CREATE INDEX "check_in_by_scanner" ON "participants"."check_in" USING btree ("scanned_by_id") WHERE "participants"."check_in"."scanned_by_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ticket_one_valid" ON "participants"."ticket" USING btree ("registration_id") WHERE "participants"."ticket"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX "ticket_by_event" ON "participants"."ticket" USING btree ("event_id","registration_id");