ALTER TABLE "notifications"."member" ALTER COLUMN "role" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."member" ADD COLUMN "version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications"."person" ADD COLUMN "is_erased" boolean DEFAULT false NOT NULL;