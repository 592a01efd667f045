-- AlterTable
ALTER TABLE "SceneRevision" ADD COLUMN "takeId" TEXT;

-- AlterTable
ALTER TABLE "Take" ADD COLUMN "storyboard" JSONB;
