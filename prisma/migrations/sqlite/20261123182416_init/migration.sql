-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Client" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "homepage" TEXT,
    "metadata" JSONB NOT NULL,
    "brandGuidelines" JSONB,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Campaign" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "clientId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "goal" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "productUrl" TEXT,
    "brief" JSONB,
    "metadata" JSONB NOT NULL,
    "videoCounter" INTEGER NOT NULL DEFAULT 0,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Campaign_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Asset" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT,
    "clientId" TEXT,
    "campaignId" TEXT,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "tags" JSONB NOT NULL,
    "metadata" JSONB NOT NULL,
    "type" TEXT NOT NULL,
    "format" TEXT,
    "contentType" TEXT,
    "blobHash" TEXT,
    "size" INTEGER,
    "width" INTEGER,
    "height" INTEGER,
    "duration" REAL,
    "thumbnailHash" TEXT,
    "sourceUrl" TEXT,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Asset_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Asset_campaignId_fkey" FOREIGN KEY ("campaignId") REFERENCES "Campaign" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Job" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "type" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "stage" TEXT NOT NULL DEFAULT 'pending',
    "percentage" REAL NOT NULL DEFAULT 0,
    "error" TEXT,
    "campaignId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "videoName" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "settings" JSONB NOT NULL,
    "storyboardVersion" INTEGER NOT NULL DEFAULT 0,
    "storyboardSource" TEXT,
    "estimateMicroUsd" INTEGER NOT NULL DEFAULT 0,
    "decision" TEXT,
    "decidedBy" TEXT,
    "decisionNote" TEXT,
    "decidedAt" DATETIME,
    "decisionSentAt" DATETIME,
    "canceledAt" DATETIME,
    "canceledBy" TEXT,
    "cancelSentAt" DATETIME,
    "startedAt" DATETIME,
    "videoHash" TEXT,
    "videoSize" INTEGER,
    "videoDuration" REAL,
    "thumbnailHash" TEXT,
    "stitchedHash" TEXT,
    "audioStatus" TEXT,
    "audioError" TEXT,
    "audioHash" TEXT,
    "audioSize" INTEGER,
    "audioMerged" BOOLEAN NOT NULL DEFAULT false,
    "audioStartedAt" DATETIME,
    "audioGeneratedAt" DATETIME,
    "eventSeq" INTEGER NOT NULL DEFAULT 0,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Job_campaignId_fkey" FOREIGN KEY ("campaignId") REFERENCES "Campaign" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Job_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Scene" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "jobId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "title" TEXT,
    "description" TEXT,
    "prompt" TEXT,
    "duration" REAL NOT NULL,
    "transition" TEXT NOT NULL DEFAULT 'cut',
    "sceneType" TEXT,
    "cameraMovement" TEXT,
    "motionGoal" TEXT,
    "firstAssetId" TEXT,
    "lastAssetId" TEXT,
    "musicDescription" TEXT,
    "musicStyle" TEXT,
    "musicEnergy" TEXT,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "error" TEXT,
    "clipHash" TEXT,
    "clipSize" INTEGER,
    "clipDuration" REAL,
    "clipFrames" INTEGER,
    "clipThumbnailHash" TEXT,
    "clipPredictionId" TEXT,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Scene_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Prediction" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "jobId" INTEGER NOT NULL,
    "sceneId" TEXT,
    "subject" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "reason" TEXT NOT NULL DEFAULT 'first',
    "model" TEXT NOT NULL,
    "seconds" REAL NOT NULL,
    "priceMicroUsd" INTEGER NOT NULL,
    "token" TEXT NOT NULL,
    "request" JSONB,
    "marker" TEXT,
    "state" TEXT NOT NULL DEFAULT 'intent',
    "leaseUntil" DATETIME,
    "leaseOwner" TEXT,
    "postedAt" DATETIME,
    "providerId" TEXT,
    "outputUrl" TEXT,
    "failure" TEXT,
    "error" TEXT,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" DATETIME,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Prediction_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Prediction_sceneId_fkey" FOREIGN KEY ("sceneId") REFERENCES "Scene" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "JobEvent" (
    "jobId" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("jobId", "seq"),
    CONSTRAINT "JobEvent_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AudioSegment" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "jobId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "blobHash" TEXT,
    "duration" REAL NOT NULL,
    "overlap" REAL NOT NULL DEFAULT 0,
    "error" TEXT,
    "predictionId" TEXT,
    "tailHash" TEXT,
    "tailDuration" REAL,
    "token" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "AudioSegment_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Campaign_clientId_idx" ON "Campaign"("clientId");

-- CreateIndex
CREATE INDEX "Asset_campaignId_insertedAt_idx" ON "Asset"("campaignId", "insertedAt");

-- CreateIndex
CREATE INDEX "Asset_clientId_insertedAt_idx" ON "Asset"("clientId", "insertedAt");

-- CreateIndex
CREATE INDEX "Job_campaignId_insertedAt_idx" ON "Job"("campaignId", "insertedAt");

-- CreateIndex
CREATE INDEX "Job_clientId_insertedAt_idx" ON "Job"("clientId", "insertedAt");

-- CreateIndex
CREATE INDEX "Job_status_insertedAt_idx" ON "Job"("status", "insertedAt");

-- CreateIndex
CREATE INDEX "Scene_jobId_position_idx" ON "Scene"("jobId", "position");

-- CreateIndex
CREATE UNIQUE INDEX "Prediction_token_key" ON "Prediction"("token");

-- CreateIndex
CREATE UNIQUE INDEX "Prediction_providerId_key" ON "Prediction"("providerId");

-- CreateIndex
CREATE INDEX "Prediction_state_idx" ON "Prediction"("state");

-- CreateIndex
CREATE UNIQUE INDEX "Prediction_jobId_subject_attempt_key" ON "Prediction"("jobId", "subject", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "AudioSegment_token_key" ON "AudioSegment"("token");

-- CreateIndex
CREATE UNIQUE INDEX "AudioSegment_jobId_position_key" ON "AudioSegment"("jobId", "position");
