CREATE TABLE "notifications"."event_role" (
	"object_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"roles" text[] NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "event_role_once" PRIMARY KEY("object_id","user_id")
);
--> statement-breakpoint
CREATE INDEX "event_role_by_user" ON "notifications"."event_role" USING btree ("user_id");