CREATE SCHEMA "identity";
--> statement-breakpoint
CREATE TYPE "identity"."session_end" AS ENUM('LOGOUT', 'LOGOUT_EVERYWHERE', 'REFRESH_REUSED');--> statement-breakpoint
CREATE TYPE "identity"."signing_key_status" AS ENUM('ACTIVE', 'RETIRING', 'RETIRED');--> statement-breakpoint
CREATE TABLE "identity"."idempotency" (
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_once" PRIMARY KEY("actor","operation","key")
);
--> statement-breakpoint
CREATE TABLE "identity"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"handled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inbox_once" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "identity"."outbox" (
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
CREATE TABLE "identity"."password_credential" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."refresh_token" (
	"id" uuid PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"parent_id" uuid,
	"hash" text NOT NULL,
	"nonce" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."session" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"revoked_reason" "identity"."session_end",
	CONSTRAINT "session_revoked_with_reason" CHECK (("identity"."session"."revoked_at" is null) = ("identity"."session"."revoked_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "identity"."signing_key" (
	"kid" text PRIMARY KEY NOT NULL,
	"status" "identity"."signing_key_status" NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"private_jwk" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."user" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"display_name" text NOT NULL,
	"locale" text NOT NULL,
	"timezone" text NOT NULL,
	"platform_roles" text[] DEFAULT '{}' NOT NULL,
	"permissions_version" integer DEFAULT 1 NOT NULL,
	"registration_repeated_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_email_normalised" CHECK ("identity"."user"."email" = lower("identity"."user"."email"))
);
--> statement-breakpoint
ALTER TABLE "identity"."password_credential" ADD CONSTRAINT "password_credential_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."refresh_token" ADD CONSTRAINT "refresh_token_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "identity"."session"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."refresh_token" ADD CONSTRAINT "refresh_token_parent_id_refresh_token_id_fk" FOREIGN KEY ("parent_id") REFERENCES "identity"."refresh_token"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_by_age" ON "identity"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_unsent" ON "identity"."outbox" USING btree ("seq") WHERE "identity"."outbox"."sent_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "refresh_token_hash_unique" ON "identity"."refresh_token" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "refresh_token_one_child" ON "identity"."refresh_token" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "refresh_token_by_expiry" ON "identity"."refresh_token" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "session_live_by_user" ON "identity"."session" USING btree ("user_id") WHERE "identity"."session"."revoked_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "signing_key_one_active" ON "identity"."signing_key" USING btree ("status") WHERE "identity"."signing_key"."status" = 'ACTIVE';--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_unique" ON "identity"."user" USING btree ("email");