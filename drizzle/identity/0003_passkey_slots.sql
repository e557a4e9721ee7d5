ALTER TABLE "identity"."passkey" ADD COLUMN "slot" integer NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "passkey_slot_unique" ON "identity"."passkey" USING btree ("user_id","slot");--> statement-breakpoint
ALTER TABLE "identity"."passkey" ADD CONSTRAINT "passkey_slots" CHECK ("identity"."passkey"."slot" between 1 and 20);