-- AlterTable
ALTER TABLE "Prediction" ADD COLUMN "resolution" TEXT;
ALTER TABLE "Prediction" ADD COLUMN "resolvedAt" DATETIME;
ALTER TABLE "Prediction" ADD COLUMN "resolvedBy" TEXT;

-- CreateTable
CREATE TABLE "Take" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sceneId" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "predictionId" TEXT NOT NULL,
    "prompt" TEXT,
    "firstAssetId" TEXT,
    "lastAssetId" TEXT,
    "clipHash" TEXT NOT NULL,
    "clipSize" INTEGER NOT NULL,
    "clipDuration" REAL NOT NULL,
    "clipFrames" INTEGER NOT NULL,
    "thumbnailHash" TEXT NOT NULL,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Take_sceneId_fkey" FOREIGN KEY ("sceneId") REFERENCES "Scene" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Revision" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "jobId" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "error" TEXT,
    "by" TEXT,
    "music" BOOLEAN NOT NULL DEFAULT false,
    "sentAt" DATETIME,
    "signaledAs" TEXT,
    "startedAt" DATETIME,
    "finishedAt" DATETIME,
    "stitchedHash" TEXT,
    "videoHash" TEXT,
    "videoSize" INTEGER,
    "videoDuration" REAL,
    "thumbnailHash" TEXT,
    "audioHash" TEXT,
    "audioSize" INTEGER,
    "soundtrack" INTEGER,
    "musicAttempt" INTEGER,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Revision_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "SceneRevision" (
    "revisionId" TEXT NOT NULL,
    "sceneId" TEXT NOT NULL,
    "changes" JSONB NOT NULL,
    "firstAttempt" INTEGER,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "error" TEXT,

    PRIMARY KEY ("revisionId", "sceneId"),
    CONSTRAINT "SceneRevision_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "Revision" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "SceneRevision_sceneId_fkey" FOREIGN KEY ("sceneId") REFERENCES "Scene" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Added in place: to redefine a table would drop it, and what refers to it goes with it where foreign keys are on.
ALTER TABLE "Job" ADD COLUMN "soundtrack" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "AudioSegment" ADD COLUMN "soundtrack" INTEGER NOT NULL DEFAULT 1;
DROP INDEX "AudioSegment_jobId_position_key";
CREATE UNIQUE INDEX "AudioSegment_jobId_soundtrack_position_key" ON "AudioSegment"("jobId", "soundtrack", "position");

-- CreateIndex
CREATE UNIQUE INDEX "Take_predictionId_key" ON "Take"("predictionId");

-- CreateIndex
CREATE UNIQUE INDEX "Take_sceneId_attempt_key" ON "Take"("sceneId", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "Revision_signaledAs_key" ON "Revision"("signaledAs");

-- CreateIndex
CREATE INDEX "Revision_state_insertedAt_idx" ON "Revision"("state", "insertedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Revision_jobId_number_key" ON "Revision"("jobId", "number");

-- CreateIndex
CREATE INDEX "SceneRevision_sceneId_firstAttempt_idx" ON "SceneRevision"("sceneId", "firstAttempt");
