-- AlterTable
ALTER TABLE "Client" ADD COLUMN     "budgetCents" INTEGER;

-- AlterTable
ALTER TABLE "Campaign" ADD COLUMN     "budgetCents" INTEGER;

-- AlterTable
ALTER TABLE "Job" ADD COLUMN     "budgetCents" INTEGER,
ADD COLUMN     "budgetOverride" JSON,
ADD COLUMN     "committedMicroUsd" INTEGER;

-- AlterTable
ALTER TABLE "Scene" ADD COLUMN     "estimateMicroUsd" INTEGER;

-- CreateIndex
CREATE INDEX "Prediction_postedAt_idx" ON "Prediction"("postedAt");
