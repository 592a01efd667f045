-- AlterTable
ALTER TABLE "Revision" ADD COLUMN "predictionId" TEXT;
