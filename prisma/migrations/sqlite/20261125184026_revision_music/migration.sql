-- AlterTable
ALTER TABLE "Prediction" ADD COLUMN "soundtrack" INTEGER;

-- AlterTable
ALTER TABLE "Revision" ADD COLUMN "musicSettings" JSONB;
