import { CancelledFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, expect, it } from 'vitest'
import { asActivities } from '../../activities/failures.ts'
import { canceled } from '../../activities/heartbeat.ts'
import { startMediaProcess } from '../../media/process/start.ts'
import { PROFILE, setUp } from '../media/support.ts'

const { tools, clip, at } = await setUp()
const { media, close } = startMediaProcess(tools)
afterAll(close)

const input = await clip('long.mp4', { size: '640x360', seconds: 20 })
const profile = { ...PROFILE, width: 1920, height: 1080 }

/** Runs an activity that stops ffmpeg as soon as it has begun. @param stop how */
function stopped(stop: (environment: MockActivityEnvironment, controller: AbortController) => void) {
  const environment = new MockActivityEnvironment()
  const controller = new AbortController()
  const conform = async () => {
    const signal = AbortSignal.any([canceled(), controller.signal])
    const onProgress = () => stop(environment, controller)
    return media.conformClip({ input, output: at('out.mp4'), profile, durationSeconds: 20, signal, onProgress })
  }
  return environment.run(asActivities({ conform }, async () => {}).conform)
}

it('is canceled, not failed, when ffmpeg is stopped because the activity is canceled', async () => {
  await expect(stopped((environment) => environment.cancel())).rejects.toBeInstanceOf(CancelledFailure)
})

it('fails when ffmpeg is stopped for a reason of our own', async () => {
  await expect(stopped((_, controller) => controller.abort())).rejects.toMatchObject({ kind: 'aborted' })
})
