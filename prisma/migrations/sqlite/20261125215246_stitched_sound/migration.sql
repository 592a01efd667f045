-- AlterTable
ALTER TABLE "Job" ADD COLUMN "stitchedSoundHash" TEXT;

-- AlterTable
ALTER TABLE "Revision" ADD COLUMN "stitchedSoundHash" TEXT;
