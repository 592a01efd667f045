-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Client" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "homepage" TEXT,
    "metadata" JSON NOT NULL,
    "brandGuidelines" JSON,
    "callbackUrl" TEXT,
    "deletedAt" TIMESTAMPTZ(3),
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Client_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Campaign" (
    "id" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "goal" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "productUrl" TEXT,
    "brief" JSON,
    "metadata" JSON NOT NULL,
    "videoCounter" INTEGER NOT NULL DEFAULT 0,
    "deletedAt" TIMESTAMPTZ(3),
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Campaign_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Asset" (
    "id" TEXT NOT NULL,
    "userId" TEXT,
    "clientId" TEXT,
    "campaignId" TEXT,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "tags" JSON NOT NULL,
    "metadata" JSON NOT NULL,
    "type" TEXT NOT NULL,
    "format" TEXT,
    "contentType" TEXT,
    "blobHash" TEXT,
    "size" INTEGER,
    "width" INTEGER,
    "height" INTEGER,
    "duration" DOUBLE PRECISION,
    "thumbnailHash" TEXT,
    "sourceUrl" TEXT,
    "blobBackfilledAt" TIMESTAMPTZ(3),
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Asset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Job" (
    "id" SERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "stage" TEXT NOT NULL DEFAULT 'pending',
    "percentage" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "error" TEXT,
    "campaignId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "videoName" TEXT NOT NULL,
    "parameters" JSON NOT NULL,
    "settings" JSON NOT NULL,
    "callbackUrl" TEXT,
    "copiedFromId" INTEGER,
    "storyboardVersion" INTEGER NOT NULL DEFAULT 0,
    "storyboardSource" TEXT,
    "estimateMicroUsd" INTEGER NOT NULL DEFAULT 0,
    "decision" TEXT,
    "decidedBy" TEXT,
    "decisionNote" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    "decisionSentAt" TIMESTAMPTZ(3),
    "canceledAt" TIMESTAMPTZ(3),
    "canceledBy" TEXT,
    "cancelSentAt" TIMESTAMPTZ(3),
    "startedAt" TIMESTAMPTZ(3),
    "videoHash" TEXT,
    "videoSize" INTEGER,
    "videoDuration" DOUBLE PRECISION,
    "thumbnailHash" TEXT,
    "stitchedHash" TEXT,
    "stitchedSoundHash" TEXT,
    "soundtrack" INTEGER NOT NULL DEFAULT 1,
    "audioStatus" TEXT,
    "audioError" TEXT,
    "audioHash" TEXT,
    "audioSize" INTEGER,
    "audioMerged" BOOLEAN NOT NULL DEFAULT false,
    "audioStartedAt" TIMESTAMPTZ(3),
    "audioGeneratedAt" TIMESTAMPTZ(3),
    "deletedAt" TIMESTAMPTZ(3),
    "eventSeq" INTEGER NOT NULL DEFAULT 0,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Scene" (
    "id" TEXT NOT NULL,
    "jobId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "title" TEXT,
    "description" TEXT,
    "prompt" TEXT,
    "duration" DOUBLE PRECISION NOT NULL,
    "transition" TEXT NOT NULL DEFAULT 'cut',
    "transitionDuration" DOUBLE PRECISION,
    "sceneType" TEXT,
    "cameraMovement" TEXT,
    "motionGoal" TEXT,
    "firstAssetId" TEXT,
    "lastAssetId" TEXT,
    "musicDescription" TEXT,
    "musicStyle" TEXT,
    "musicEnergy" TEXT,
    "overlays" JSON,
    "caption" TEXT,
    "keepClipAudio" BOOLEAN,
    "voiceOver" TEXT,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "error" TEXT,
    "clipHash" TEXT,
    "clipSize" INTEGER,
    "clipDuration" DOUBLE PRECISION,
    "clipFrames" INTEGER,
    "clipThumbnailHash" TEXT,
    "clipPredictionId" TEXT,
    "voiceHash" TEXT,
    "voiceDuration" DOUBLE PRECISION,
    "voicePredictionId" TEXT,
    "voiceError" TEXT,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Scene_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Take" (
    "id" TEXT NOT NULL,
    "sceneId" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "predictionId" TEXT NOT NULL,
    "prompt" TEXT,
    "firstAssetId" TEXT,
    "lastAssetId" TEXT,
    "clipHash" TEXT NOT NULL,
    "clipSize" INTEGER NOT NULL,
    "clipDuration" DOUBLE PRECISION NOT NULL,
    "clipFrames" INTEGER NOT NULL,
    "thumbnailHash" TEXT NOT NULL,
    "storyboard" JSON,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Take_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Rendition" (
    "jobId" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Rendition_pkey" PRIMARY KEY ("jobId","kind")
);

-- CreateTable
CREATE TABLE "Note" (
    "id" TEXT NOT NULL,
    "jobId" INTEGER NOT NULL,
    "videoVersion" INTEGER NOT NULL,
    "atSeconds" DOUBLE PRECISION NOT NULL,
    "text" TEXT NOT NULL,
    "by" TEXT,
    "authorId" TEXT NOT NULL,
    "resolvedAt" TIMESTAMPTZ(3),
    "resolvedBy" TEXT,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Note_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RenderedTransition" (
    "id" TEXT NOT NULL,
    "fromClip" TEXT NOT NULL,
    "toClip" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "frames" INTEGER NOT NULL,
    "profile" TEXT NOT NULL,
    "blobHash" TEXT NOT NULL,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RenderedTransition_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Revision" (
    "id" TEXT NOT NULL,
    "jobId" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "error" TEXT,
    "by" TEXT,
    "music" BOOLEAN NOT NULL DEFAULT false,
    "sentAt" TIMESTAMPTZ(3),
    "predictionId" TEXT,
    "signaledAs" TEXT,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "stitchedHash" TEXT,
    "stitchedSoundHash" TEXT,
    "videoHash" TEXT,
    "videoSize" INTEGER,
    "videoDuration" DOUBLE PRECISION,
    "thumbnailHash" TEXT,
    "audioHash" TEXT,
    "audioSize" INTEGER,
    "soundtrack" INTEGER,
    "musicAttempt" INTEGER,
    "musicSettings" JSON,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SceneRevision" (
    "revisionId" TEXT NOT NULL,
    "sceneId" TEXT NOT NULL,
    "changes" JSON NOT NULL,
    "firstAttempt" INTEGER,
    "takeId" TEXT,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "error" TEXT,

    CONSTRAINT "SceneRevision_pkey" PRIMARY KEY ("revisionId","sceneId")
);

-- CreateTable
CREATE TABLE "Prediction" (
    "id" TEXT NOT NULL,
    "jobId" INTEGER NOT NULL,
    "sceneId" TEXT,
    "subject" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "soundtrack" INTEGER,
    "reason" TEXT NOT NULL DEFAULT 'first',
    "model" TEXT NOT NULL,
    "seconds" DOUBLE PRECISION NOT NULL,
    "priceMicroUsd" INTEGER NOT NULL,
    "token" TEXT NOT NULL,
    "request" JSON,
    "marker" TEXT,
    "state" TEXT NOT NULL DEFAULT 'intent',
    "leaseUntil" TIMESTAMPTZ(3),
    "leaseOwner" TEXT,
    "postedAt" TIMESTAMPTZ(3),
    "providerId" TEXT,
    "outputUrl" TEXT,
    "resolution" TEXT,
    "resolvedBy" TEXT,
    "resolvedAt" TIMESTAMPTZ(3),
    "failure" TEXT,
    "error" TEXT,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Prediction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "JobEvent" (
    "jobId" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSON NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "JobEvent_pkey" PRIMARY KEY ("jobId","seq")
);

-- CreateTable
CREATE TABLE "AudioSegment" (
    "id" TEXT NOT NULL,
    "jobId" INTEGER NOT NULL,
    "soundtrack" INTEGER NOT NULL DEFAULT 1,
    "position" INTEGER NOT NULL,
    "blobHash" TEXT,
    "duration" DOUBLE PRECISION NOT NULL,
    "overlap" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "error" TEXT,
    "predictionId" TEXT,
    "tailHash" TEXT,
    "tailDuration" DOUBLE PRECISION,
    "token" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AudioSegment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "clientId" TEXT,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IdempotentRequest" (
    "id" TEXT NOT NULL,
    "caller" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "status" INTEGER,
    "body" TEXT,
    "contentType" TEXT,
    "leaseUntil" TIMESTAMPTZ(3) NOT NULL,
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "IdempotentRequest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookDelivery" (
    "id" TEXT NOT NULL,
    "jobId" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "payload" JSON NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT,
    "startedAt" TIMESTAMPTZ(3),
    "deliveredAt" TIMESTAMPTZ(3),
    "insertedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WebhookDelivery_pkey" PRIMARY KEY ("id")
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
CREATE UNIQUE INDEX "Take_predictionId_key" ON "Take"("predictionId");

-- CreateIndex
CREATE UNIQUE INDEX "Take_sceneId_attempt_key" ON "Take"("sceneId", "attempt");

-- CreateIndex
CREATE INDEX "Note_jobId_atSeconds_idx" ON "Note"("jobId", "atSeconds");

-- CreateIndex
CREATE INDEX "RenderedTransition_toClip_idx" ON "RenderedTransition"("toClip");

-- CreateIndex
CREATE INDEX "RenderedTransition_blobHash_idx" ON "RenderedTransition"("blobHash");

-- CreateIndex
CREATE UNIQUE INDEX "RenderedTransition_fromClip_toClip_kind_frames_profile_key" ON "RenderedTransition"("fromClip", "toClip", "kind", "frames", "profile");

-- CreateIndex
CREATE UNIQUE INDEX "Revision_signaledAs_key" ON "Revision"("signaledAs");

-- CreateIndex
CREATE INDEX "Revision_state_insertedAt_idx" ON "Revision"("state", "insertedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Revision_jobId_number_key" ON "Revision"("jobId", "number");

-- CreateIndex
CREATE INDEX "SceneRevision_sceneId_firstAttempt_idx" ON "SceneRevision"("sceneId", "firstAttempt");

-- CreateIndex
CREATE UNIQUE INDEX "Prediction_token_key" ON "Prediction"("token");

-- CreateIndex
CREATE UNIQUE INDEX "Prediction_providerId_key" ON "Prediction"("providerId");

-- CreateIndex
CREATE INDEX "Prediction_state_idx" ON "Prediction"("state");

-- CreateIndex
CREATE UNIQUE INDEX "Prediction_jobId_subject_attempt_key" ON "Prediction"("jobId", "subject", "attempt");

-- CreateIndex
CREATE INDEX "JobEvent_at_idx" ON "JobEvent"("at");

-- CreateIndex
CREATE UNIQUE INDEX "AudioSegment_token_key" ON "AudioSegment"("token");

-- CreateIndex
CREATE UNIQUE INDEX "AudioSegment_jobId_soundtrack_position_key" ON "AudioSegment"("jobId", "soundtrack", "position");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_hash_key" ON "ApiKey"("hash");

-- CreateIndex
CREATE INDEX "IdempotentRequest_insertedAt_idx" ON "IdempotentRequest"("insertedAt");

-- CreateIndex
CREATE UNIQUE INDEX "IdempotentRequest_caller_key_key" ON "IdempotentRequest"("caller", "key");

-- CreateIndex
CREATE INDEX "WebhookDelivery_jobId_idx" ON "WebhookDelivery"("jobId");

-- CreateIndex
CREATE INDEX "WebhookDelivery_startedAt_insertedAt_idx" ON "WebhookDelivery"("startedAt", "insertedAt");

-- AddForeignKey
ALTER TABLE "Campaign" ADD CONSTRAINT "Campaign_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Asset" ADD CONSTRAINT "Asset_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Asset" ADD CONSTRAINT "Asset_campaignId_fkey" FOREIGN KEY ("campaignId") REFERENCES "Campaign"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Job" ADD CONSTRAINT "Job_campaignId_fkey" FOREIGN KEY ("campaignId") REFERENCES "Campaign"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Job" ADD CONSTRAINT "Job_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Scene" ADD CONSTRAINT "Scene_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Take" ADD CONSTRAINT "Take_sceneId_fkey" FOREIGN KEY ("sceneId") REFERENCES "Scene"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Rendition" ADD CONSTRAINT "Rendition_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Note" ADD CONSTRAINT "Note_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Revision" ADD CONSTRAINT "Revision_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SceneRevision" ADD CONSTRAINT "SceneRevision_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "Revision"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SceneRevision" ADD CONSTRAINT "SceneRevision_sceneId_fkey" FOREIGN KEY ("sceneId") REFERENCES "Scene"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Prediction" ADD CONSTRAINT "Prediction_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Prediction" ADD CONSTRAINT "Prediction_sceneId_fkey" FOREIGN KEY ("sceneId") REFERENCES "Scene"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "JobEvent" ADD CONSTRAINT "JobEvent_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AudioSegment" ADD CONSTRAINT "AudioSegment_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE CASCADE ON UPDATE CASCADE;
