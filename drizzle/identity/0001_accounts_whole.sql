CREATE TYPE "identity"."token_purpose" AS ENUM('VERIFY_EMAIL', 'CHANGE_EMAIL', 'RESET_PASSWORD', 'LINK_IDENTITY');--> statement-breakpoint
CREATE TYPE "identity"."user_kind" AS ENUM('PERSON', 'SERVICE');--> statement-breakpoint
CREATE TYPE "identity"."user_status" AS ENUM('PENDING_VERIFICATION', 'ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'ERASED');--> statement-breakpoint
CREATE TYPE "identity"."passkey_purpose" AS ENUM('REGISTER', 'LOGIN', 'STEP_UP');--> statement-breakpoint
CREATE TYPE "identity"."totp_status" AS ENUM('ENROLLING', 'ACTIVE', 'REMOVED');--> statement-breakpoint
CREATE TYPE "identity"."data_export_status" AS ENUM('REQUESTED', 'READY', 'FAILED', 'EXPIRED');--> statement-breakpoint
CREATE TYPE "identity"."erasure_status" AS ENUM('GRACE', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');--> statement-breakpoint
CREATE TYPE "identity"."erasure_step_status" AS ENUM('PENDING', 'DONE');--> statement-breakpoint
CREATE TYPE "identity"."authentication_method" AS ENUM('PASSWORD', 'TOTP', 'RECOVERY_CODE', 'PASSKEY', 'EXTERNAL', 'IMPERSONATION');--> statement-breakpoint
ALTER TYPE "identity"."session_end" ADD VALUE 'REVOKED';--> statement-breakpoint
ALTER TYPE "identity"."session_end" ADD VALUE 'TOO_MANY';--> statement-breakpoint
ALTER TYPE "identity"."session_end" ADD VALUE 'PASSWORD_CHANGED';--> statement-breakpoint
ALTER TYPE "identity"."session_end" ADD VALUE 'PASSWORD_RESET';--> statement-breakpoint
ALTER TYPE "identity"."session_end" ADD VALUE 'SUSPENDED';--> statement-breakpoint
ALTER TYPE "identity"."session_end" ADD VALUE 'ERASED';--> statement-breakpoint
ALTER TYPE "identity"."session_end" ADD VALUE 'IMPERSONATION_ENDED';--> statement-breakpoint
-- A value that is added to a type cannot be used in the same transaction, and an index below uses it: a new type instead.
-- Keys of before are dropped: the next login makes one, and access tokens live for five minutes.
DELETE FROM "identity"."signing_key";--> statement-breakpoint
DROP INDEX "identity"."signing_key_one_active";--> statement-breakpoint
ALTER TABLE "identity"."signing_key" ALTER COLUMN "status" TYPE text;--> statement-breakpoint
DROP TYPE "identity"."signing_key_status";--> statement-breakpoint
CREATE TYPE "identity"."signing_key_status" AS ENUM('NEXT', 'ACTIVE', 'RETIRING', 'RETIRED', 'REVOKED');--> statement-breakpoint
ALTER TABLE "identity"."signing_key" ALTER COLUMN "status" TYPE "identity"."signing_key_status" USING "status"::"identity"."signing_key_status";--> statement-breakpoint
CREATE UNIQUE INDEX "signing_key_one_active" ON "identity"."signing_key" USING btree ("status") WHERE "identity"."signing_key"."status" = 'ACTIVE';--> statement-breakpoint
CREATE TABLE "identity"."mail" (
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
CREATE TABLE "identity"."former_password" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"replaced_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."one_time_token" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"purpose" "identity"."token_purpose" NOT NULL,
	"hash" text NOT NULL,
	"payload" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."external_identity" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"label" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."external_login" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issuer_name" text NOT NULL,
	"state_hash" text NOT NULL,
	"flow_hash" text NOT NULL,
	"nonce" text NOT NULL,
	"code_verifier" text NOT NULL,
	"redirect_url" text NOT NULL,
	"return_to" text NOT NULL,
	"user_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."passkey_challenge" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" "identity"."passkey_purpose" NOT NULL,
	"user_id" uuid,
	"challenge" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."passkey" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"label" text NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" text NOT NULL,
	"sign_count" bigint NOT NULL,
	"transports" text[] DEFAULT '{}' NOT NULL,
	"is_backed_up" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."recovery_code" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."totp_factor" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"label" text NOT NULL,
	"secret" text NOT NULL,
	"status" "identity"."totp_status" DEFAULT 'ENROLLING' NOT NULL,
	"last_used_step" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."api_key" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"organization_id" uuid,
	"scopes" text[],
	"addresses" text[],
	"created_by_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"replaces_id" uuid,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_key_scopes_not_empty" CHECK (cardinality("identity"."api_key"."scopes") > 0),
	CONSTRAINT "api_key_addresses_not_empty" CHECK (cardinality("identity"."api_key"."addresses") > 0)
);
--> statement-breakpoint
CREATE TABLE "identity"."service_account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"created_by_id" uuid NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."data_export" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"status" "identity"."data_export_status" DEFAULT 'REQUESTED' NOT NULL,
	"content" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ready_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."erasure_step" (
	"erasure_id" uuid NOT NULL,
	"domain" text NOT NULL,
	"status" "identity"."erasure_step_status" DEFAULT 'PENDING' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"available_at" timestamp (3) with time zone NOT NULL,
	"acknowledged_at" timestamp (3) with time zone,
	"last_error" text,
	CONSTRAINT "erasure_step_pk" PRIMARY KEY("erasure_id","domain")
);
--> statement-breakpoint
CREATE TABLE "identity"."erasure" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"status" "identity"."erasure_status" DEFAULT 'GRACE' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"runs_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."security_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"actor" text,
	"session_id" text,
	"address" text,
	"user_agent" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."throttle" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"last_failure_at" timestamp (3) with time zone NOT NULL,
	"locked_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity"."login_challenge" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"methods" "identity"."authentication_method"[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX "identity"."session_live_by_user";--> statement-breakpoint
ALTER TABLE "identity"."signing_key" ALTER COLUMN "private_jwk" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."user" ALTER COLUMN "email" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "identity"."session" SET "last_used_at" = "created_at";--> statement-breakpoint
ALTER TABLE "identity"."session" ALTER COLUMN "last_used_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "label" text;--> statement-breakpoint
UPDATE "identity"."session" SET "label" = 'unknown device';--> statement-breakpoint
ALTER TABLE "identity"."session" ALTER COLUMN "label" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "user_agent" text;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "methods" "identity"."authentication_method"[];--> statement-breakpoint
UPDATE "identity"."session" SET "methods" = '{PASSWORD}';--> statement-breakpoint
ALTER TABLE "identity"."session" ALTER COLUMN "methods" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "stepped_up_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "impersonator_id" uuid;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "impersonation_reason" text;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "is_read_only" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."signing_key" ADD COLUMN "activated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identity"."signing_key" ADD COLUMN "retired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "kind" "identity"."user_kind" DEFAULT 'PERSON' NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "status" "identity"."user_status" DEFAULT 'PENDING_VERIFICATION' NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "email_verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "phone" text;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "avatar_url" text;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "preferences" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "suspended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "suspended_reason" text;--> statement-breakpoint
ALTER TABLE "identity"."former_password" ADD CONSTRAINT "former_password_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."one_time_token" ADD CONSTRAINT "one_time_token_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."external_identity" ADD CONSTRAINT "external_identity_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."external_login" ADD CONSTRAINT "external_login_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."passkey_challenge" ADD CONSTRAINT "passkey_challenge_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."passkey" ADD CONSTRAINT "passkey_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."recovery_code" ADD CONSTRAINT "recovery_code_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."totp_factor" ADD CONSTRAINT "totp_factor_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."api_key" ADD CONSTRAINT "api_key_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."api_key" ADD CONSTRAINT "api_key_created_by_id_user_id_fk" FOREIGN KEY ("created_by_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."api_key" ADD CONSTRAINT "api_key_replaces_id_api_key_id_fk" FOREIGN KEY ("replaces_id") REFERENCES "identity"."api_key"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."service_account" ADD CONSTRAINT "service_account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."service_account" ADD CONSTRAINT "service_account_created_by_id_user_id_fk" FOREIGN KEY ("created_by_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."data_export" ADD CONSTRAINT "data_export_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."erasure_step" ADD CONSTRAINT "erasure_step_erasure_id_erasure_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "identity"."erasure"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."erasure" ADD CONSTRAINT "erasure_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."security_event" ADD CONSTRAINT "security_event_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."login_challenge" ADD CONSTRAINT "login_challenge_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mail_due" ON "identity"."mail" USING btree ("available_at") WHERE "identity"."mail"."sent_at" is null and "identity"."mail"."failed_at" is null;--> statement-breakpoint
CREATE INDEX "former_password_by_user" ON "identity"."former_password" USING btree ("user_id","replaced_at");--> statement-breakpoint
CREATE UNIQUE INDEX "one_time_token_hash_unique" ON "identity"."one_time_token" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "one_time_token_one_open" ON "identity"."one_time_token" USING btree ("user_id","purpose") WHERE "identity"."one_time_token"."used_at" is null;--> statement-breakpoint
CREATE INDEX "one_time_token_by_expiry" ON "identity"."one_time_token" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "external_identity_unique" ON "identity"."external_identity" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "external_identity_by_user" ON "identity"."external_identity" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "external_login_state_unique" ON "identity"."external_login" USING btree ("state_hash");--> statement-breakpoint
CREATE INDEX "external_login_by_expiry" ON "identity"."external_login" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "passkey_challenge_unique" ON "identity"."passkey_challenge" USING btree ("challenge");--> statement-breakpoint
CREATE INDEX "passkey_challenge_by_expiry" ON "identity"."passkey_challenge" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "passkey_credential_unique" ON "identity"."passkey" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "passkey_by_user" ON "identity"."passkey" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "recovery_code_once" ON "identity"."recovery_code" USING btree ("user_id","hash");--> statement-breakpoint
CREATE UNIQUE INDEX "totp_factor_one_active" ON "identity"."totp_factor" USING btree ("user_id") WHERE "identity"."totp_factor"."status" = 'ACTIVE';--> statement-breakpoint
CREATE UNIQUE INDEX "totp_factor_one_enrolling" ON "identity"."totp_factor" USING btree ("user_id") WHERE "identity"."totp_factor"."status" = 'ENROLLING';--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_hash_unique" ON "identity"."api_key" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_prefix_unique" ON "identity"."api_key" USING btree ("prefix");--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_one_replacement" ON "identity"."api_key" USING btree ("replaces_id");--> statement-breakpoint
CREATE INDEX "api_key_by_user" ON "identity"."api_key" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "service_account_user_unique" ON "identity"."service_account" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "service_account_name_unique" ON "identity"."service_account" USING btree ("organization_id","name") WHERE "identity"."service_account"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "service_account_by_organization" ON "identity"."service_account" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "data_export_one_open" ON "identity"."data_export" USING btree ("user_id") WHERE "identity"."data_export"."status" = 'REQUESTED';--> statement-breakpoint
CREATE INDEX "data_export_by_user" ON "identity"."data_export" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "data_export_due" ON "identity"."data_export" USING btree ("available_at") WHERE "identity"."data_export"."status" = 'REQUESTED';--> statement-breakpoint
CREATE UNIQUE INDEX "erasure_one_open" ON "identity"."erasure" USING btree ("user_id") WHERE "identity"."erasure"."status" in ('GRACE', 'RUNNING', 'FAILED');--> statement-breakpoint
CREATE INDEX "erasure_due" ON "identity"."erasure" USING btree ("runs_at") WHERE "identity"."erasure"."status" in ('GRACE', 'RUNNING');--> statement-breakpoint
CREATE INDEX "security_event_by_user" ON "identity"."security_event" USING btree ("user_id","at","id");--> statement-breakpoint
CREATE INDEX "throttle_by_age" ON "identity"."throttle" USING btree ("last_failure_at");--> statement-breakpoint
CREATE UNIQUE INDEX "login_challenge_hash_unique" ON "identity"."login_challenge" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "login_challenge_by_expiry" ON "identity"."login_challenge" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "identity"."session" ADD CONSTRAINT "session_impersonator_id_user_id_fk" FOREIGN KEY ("impersonator_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "signing_key_one_next" ON "identity"."signing_key" USING btree ("status") WHERE "identity"."signing_key"."status" = 'NEXT';--> statement-breakpoint
CREATE INDEX "user_by_creation" ON "identity"."user" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "session_live_by_user" ON "identity"."session" USING btree ("user_id","created_at") WHERE "identity"."session"."revoked_at" is null;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD CONSTRAINT "session_impersonated_with_reason" CHECK (("identity"."session"."impersonator_id" is null) = ("identity"."session"."impersonation_reason" is null));--> statement-breakpoint
ALTER TABLE "identity"."user" ADD CONSTRAINT "user_email_of_people" CHECK (("identity"."user"."email" is not null) = ("identity"."user"."kind" = 'PERSON' and "identity"."user"."status" <> 'ERASED'));--> statement-breakpoint
ALTER TABLE "identity"."user" ADD CONSTRAINT "user_suspended_at" CHECK (("identity"."user"."suspended_at" is not null) = ("identity"."user"."status" = 'SUSPENDED'));