-- CreateIndex
CREATE INDEX "JobEvent_at_idx" ON "JobEvent"("at");
