-- DropIndex
DROP INDEX "Prediction_state_idx";

-- CreateIndex
CREATE INDEX "Prediction_state_model_priceMicroUsd_idx" ON "Prediction"("state", "model", "priceMicroUsd");

-- CreateIndex
CREATE INDEX "WebhookDelivery_state_idx" ON "WebhookDelivery"("state");
