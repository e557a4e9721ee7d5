DROP INDEX "participants"."registration_waitlist";--> statement-breakpoint
ALTER TABLE "participants"."event_seats" ADD COLUMN "is_skip_ahead_allowed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "participants"."event_seats" ADD COLUMN "max_party_size" integer DEFAULT 10 NOT NULL;--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD COLUMN "party_size" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD COLUMN "waitlist_priority" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "registration_waitlist_parties" ON "participants"."registration" USING btree ("event_id","party_size") WHERE "participants"."registration"."status" = 'WAITLISTED';--> statement-breakpoint
CREATE INDEX "registration_waitlist" ON "participants"."registration" USING btree ("event_id","waitlist_priority" DESC NULLS FIRST,"waitlisted_at","number") WHERE "participants"."registration"."status" = 'WAITLISTED';--> statement-breakpoint
ALTER TABLE "participants"."event_seats" ADD CONSTRAINT "event_seats_party_size" CHECK ("participants"."event_seats"."max_party_size" between 1 and 100);--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD CONSTRAINT "registration_party_size" CHECK ("participants"."registration"."party_size" >= 1);