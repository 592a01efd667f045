-- AlterTable
ALTER TABLE "Asset" ADD COLUMN     "look" JSON;

-- CreateTable
CREATE TABLE "JobPhoto" (
    "jobId" INTEGER NOT NULL,
    "assetId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "type" TEXT,
    "confidence" DOUBLE PRECISION,
    "leftOut" TEXT,

    CONSTRAINT "JobPhoto_pkey" PRIMARY KEY ("jobId","assetId")
);

-- AddForeignKey
ALTER TABLE "JobPhoto" ADD CONSTRAINT "JobPhoto_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;
