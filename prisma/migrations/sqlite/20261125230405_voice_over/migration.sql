-- AlterTable
ALTER TABLE "Scene" ADD COLUMN "voiceDuration" REAL;
ALTER TABLE "Scene" ADD COLUMN "voiceError" TEXT;
ALTER TABLE "Scene" ADD COLUMN "voiceHash" TEXT;
ALTER TABLE "Scene" ADD COLUMN "voiceOver" TEXT;
ALTER TABLE "Scene" ADD COLUMN "voicePredictionId" TEXT;
