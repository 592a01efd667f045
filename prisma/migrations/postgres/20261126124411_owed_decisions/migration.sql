-- CreateIndex
CREATE INDEX "Job_decisionSentAt_decidedAt_idx" ON "Job"("decisionSentAt", "decidedAt");

-- CreateIndex
CREATE INDEX "Job_cancelSentAt_canceledAt_idx" ON "Job"("cancelSentAt", "canceledAt");
