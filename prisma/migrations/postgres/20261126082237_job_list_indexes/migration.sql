-- DropIndex
DROP INDEX "Job_campaignId_insertedAt_idx";

-- DropIndex
DROP INDEX "Job_clientId_insertedAt_idx";

-- DropIndex
DROP INDEX "Job_status_insertedAt_idx";

-- CreateIndex
CREATE INDEX "Job_campaignId_deletedAt_id_idx" ON "Job"("campaignId", "deletedAt", "id");

-- CreateIndex
CREATE INDEX "Job_clientId_deletedAt_id_idx" ON "Job"("clientId", "deletedAt", "id");

-- CreateIndex
CREATE INDEX "Job_deletedAt_status_id_idx" ON "Job"("deletedAt", "status", "id");

-- CreateIndex
CREATE INDEX "Job_deletedAt_stage_id_idx" ON "Job"("deletedAt", "stage", "id");

-- CreateIndex
CREATE INDEX "Job_deletedAt_id_videoName_campaignId_idx" ON "Job"("deletedAt", "id", "videoName", "campaignId");
