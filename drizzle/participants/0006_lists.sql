ALTER TABLE "participants"."registration" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "participants"."registration" ADD COLUMN "search_text" text;--> statement-breakpoint
CREATE INDEX "registration_by_creation" ON "participants"."registration" USING btree ("event_id","created_at","id");--> statement-breakpoint
CREATE INDEX "registration_by_tag" ON "participants"."registration" USING gin ("tags");