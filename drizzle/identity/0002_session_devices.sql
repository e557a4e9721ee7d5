ALTER TABLE "identity"."session" ADD COLUMN "device" text DEFAULT 'unknown device' NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD COLUMN "network" text;--> statement-breakpoint
CREATE INDEX "security_event_by_age" ON "identity"."security_event" USING btree ("at");--> statement-breakpoint
CREATE INDEX "session_by_device" ON "identity"."session" USING btree ("user_id","device","network");--> statement-breakpoint
CREATE INDEX "session_by_end" ON "identity"."session" USING btree (least("revoked_at", "expires_at"));--> statement-breakpoint
UPDATE "identity"."session" SET "device" = "label";--> statement-breakpoint
-- Private keys of before were not sealed for their place: they verify what they have signed, and new ones are made.
UPDATE "identity"."signing_key" SET "status" = 'RETIRING', "private_jwk" = NULL, "retired_at" = now() WHERE "status" = 'ACTIVE' AND "private_jwk" NOT LIKE 'v1.%' AND "private_jwk" NOT LIKE 'plain.%';
