-- AlterTable
ALTER TABLE "Job" ADD COLUMN "storyboardNote" TEXT;

-- CreateTable
CREATE TABLE "StoryboardExchange" (
    "jobId" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "promptVersion" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "messages" JSONB NOT NULL,
    "answer" TEXT,
    "finishReason" TEXT,
    "problems" JSONB NOT NULL,
    "dropped" JSONB NOT NULL,
    "promptTokens" INTEGER,
    "completionTokens" INTEGER,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("jobId", "number"),
    CONSTRAINT "StoryboardExchange_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
