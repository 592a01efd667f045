-- AlterTable
ALTER TABLE "Asset" ADD COLUMN "look" JSONB;

-- CreateTable
CREATE TABLE "JobPhoto" (
    "jobId" INTEGER NOT NULL,
    "assetId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "type" TEXT,
    "confidence" REAL,
    "leftOut" TEXT,

    PRIMARY KEY ("jobId", "assetId"),
    CONSTRAINT "JobPhoto_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
