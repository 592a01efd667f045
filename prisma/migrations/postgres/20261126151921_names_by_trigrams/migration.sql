-- A search by a part of a name reads these instead of every name. Each statement is a transaction of its own, and takes a while where
-- there are many jobs. All may be run again, and are where a start was killed among them (prisma/migrate-postgres.ts).
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Searches compare in the collation "C" (prisma/postgres-adapter.ts), and an index serves only the collation that it has. No row is
-- written anew for it, but the other indexes of these columns are.
ALTER TABLE "Campaign" ALTER COLUMN "name" TYPE TEXT COLLATE "C";
ALTER TABLE "Job" ALTER COLUMN "videoName" TYPE TEXT COLLATE "C";

-- Without fastupdate: a search would read all that is not merged into the index yet, which takes as long as reading every name.

-- CreateIndex
CREATE INDEX IF NOT EXISTS "Campaign_name_idx" ON "Campaign" USING GIN ("name" gin_trgm_ops) WITH (fastupdate = off);

-- CreateIndex
CREATE INDEX IF NOT EXISTS "Job_videoName_idx" ON "Job" USING GIN ("videoName" gin_trgm_ops) WITH (fastupdate = off);

-- The columns lost what is known of their values with their collation: searches are planned by it.
ANALYZE "Campaign" ("name");
ANALYZE "Job" ("videoName");
