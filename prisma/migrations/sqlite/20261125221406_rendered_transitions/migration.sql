-- CreateTable
CREATE TABLE "RenderedTransition" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "fromClip" TEXT NOT NULL,
    "toClip" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "frames" INTEGER NOT NULL,
    "profile" TEXT NOT NULL,
    "blobHash" TEXT NOT NULL,
    "insertedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateIndex
CREATE INDEX "RenderedTransition_toClip_idx" ON "RenderedTransition"("toClip");

-- CreateIndex
CREATE INDEX "RenderedTransition_blobHash_idx" ON "RenderedTransition"("blobHash");

-- CreateIndex
CREATE UNIQUE INDEX "RenderedTransition_fromClip_toClip_kind_frames_profile_key" ON "RenderedTransition"("fromClip", "toClip", "kind", "frames", "profile");
