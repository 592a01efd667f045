-- AlterTable
ALTER TABLE "Scene" ADD COLUMN "model" TEXT;
ALTER TABLE "Scene" ADD COLUMN "variants" INTEGER;

-- AlterTable
ALTER TABLE "Take" ADD COLUMN "isDraft" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "SceneRevision" ADD COLUMN "variants" INTEGER NOT NULL DEFAULT 1;
