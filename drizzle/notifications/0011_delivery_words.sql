ALTER TABLE "notifications"."delivery" ADD COLUMN "title" text;--> statement-breakpoint
ALTER TABLE "notifications"."delivery" ADD COLUMN "body" text;--> statement-breakpoint
ALTER TABLE "notifications"."delivery" ADD CONSTRAINT "delivery_words_are_whole" CHECK ("notifications"."delivery"."body" is null or "notifications"."delivery"."title" is not null);