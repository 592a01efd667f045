-- AlterTable
ALTER TABLE "Scene" ADD COLUMN "caption" TEXT;
ALTER TABLE "Scene" ADD COLUMN "keepClipAudio" BOOLEAN;
ALTER TABLE "Scene" ADD COLUMN "overlays" JSONB;
ALTER TABLE "Scene" ADD COLUMN "transitionDuration" REAL;
