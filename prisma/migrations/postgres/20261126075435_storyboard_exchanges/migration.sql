-- AlterTable
ALTER TABLE "Job" ADD COLUMN     "storyboardNote" TEXT;

-- CreateTable
CREATE TABLE "StoryboardExchange" (
    "jobId" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "promptVersion" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "messages" JSON NOT NULL,
    "answer" TEXT,
    "finishReason" TEXT,
    "problems" JSON NOT NULL,
    "dropped" JSON NOT NULL,
    "promptTokens" INTEGER,
    "completionTokens" INTEGER,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StoryboardExchange_pkey" PRIMARY KEY ("jobId","number")
);

-- AddForeignKey
ALTER TABLE "StoryboardExchange" ADD CONSTRAINT "StoryboardExchange_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;
