-- AlterTable
ALTER TABLE "Campaign" ADD COLUMN "deletedAt" DATETIME;

-- AlterTable
ALTER TABLE "Client" ADD COLUMN "deletedAt" DATETIME;

-- AlterTable
ALTER TABLE "Job" ADD COLUMN "deletedAt" DATETIME;
