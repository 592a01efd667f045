-- CreateTable
CREATE TABLE "Note" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "jobId" INTEGER NOT NULL,
    "videoVersion" INTEGER NOT NULL,
    "atSeconds" REAL NOT NULL,
    "text" TEXT NOT NULL,
    "by" TEXT,
    "authorId" TEXT NOT NULL,
    "resolvedAt" DATETIME,
    "resolvedBy" TEXT,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Note_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Note_jobId_atSeconds_idx" ON "Note"("jobId", "atSeconds");
