/** The activities: one file a step, thin, made by a factory that takes their dependencies. */

import { awaitPrediction } from './await-prediction.ts'
import { backfillAsset, countAssetsToBackfill, listAssetsToBackfill } from './backfill-asset.ts'
import { cancelJob } from './cancel-job.ts'
import { completeJob } from './complete-job.ts'
import { decideAttempt } from './decide-attempt.ts'
import { deliverWebhook } from './deliver-webhook.ts'
import type { ActivityDeps } from './deps.ts'
import { endRevision, failRevision } from './end-revision.ts'
import { failJob, failScene } from './fail-job.ts'
import { asActivities } from './failures.ts'
import { finishSoundtrack } from './finish-soundtrack.ts'
import { beginMusic, recordMusicFailure } from './music-state.ts'
import { assertOwnWorkflow } from './own-workflow.ts'
import { planRevision } from './plan-revision.ts'
import { recordDecision } from './record-decision.ts'
import { recordLostVariant } from './record-lost-variant.ts'
import { renderTransition } from './render-transition.ts'
import { replaceFilm } from './replace-film.ts'
import { stitchFilm } from './stitch-film.ts'
import { storeClip } from './store-clip.ts'
import { silenceSegment, storeSegment } from './store-segment.ts'
import { recordVoiceFailure, storeVoice } from './store-voice.ts'
import { submitPrediction } from './submit-prediction.ts'
import { sweepJobs } from './sweep-jobs.ts'
import { tidyStore } from './tidy-store.ts'
import { writeStoryboard } from './write-storyboard.ts'

export type Activities = ReturnType<typeof createActivities>

export function createActivities(deps: ActivityDeps) {
  const assertOurs = () => assertOwnWorkflow(deps.db)
  return asActivities(
    {
      writeStoryboard: writeStoryboard(deps),
      recordDecision: recordDecision(deps),
      planRevision: planRevision(deps),
      endRevision: endRevision(deps),
      failRevision: failRevision(deps),
      submitPrediction: submitPrediction(deps),
      awaitPrediction: awaitPrediction(deps),
      decideAttempt: decideAttempt(deps),
      storeClip: storeClip(deps),
      renderTransition: renderTransition(deps),
      failScene: failScene(deps),
      recordLostVariant: recordLostVariant(deps),
      stitchFilm: stitchFilm(deps),
      beginMusic: beginMusic(deps),
      storeSegment: storeSegment(deps),
      storeVoice: storeVoice(deps),
      recordVoiceFailure: recordVoiceFailure(deps),
      silenceSegment: silenceSegment(deps),
      finishSoundtrack: finishSoundtrack(deps),
      recordMusicFailure: recordMusicFailure(deps),
      completeJob: completeJob(deps),
      replaceFilm: replaceFilm(deps),
      failJob: failJob(deps),
      cancelJob: cancelJob(deps),
      sweepJobs: sweepJobs(deps),
      tidyStore: tidyStore(deps),
      deliverWebhook: deliverWebhook(deps),
      countAssetsToBackfill: countAssetsToBackfill(deps),
      listAssetsToBackfill: listAssetsToBackfill(deps),
      backfillAsset: backfillAsset(deps),
    },
    assertOurs,
  )
}
