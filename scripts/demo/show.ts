/** What the demo prints. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoClient, NewJob } from './client.ts'

const LOOK_EVERY_MS = 100

export function showStoryboard({ video_name, storyboard, estimated_cost }: NewJob): void {
  const { scenes, total_duration } = storyboard
  console.log(`\n"${video_name}": ${scenes.length} scenes, ${total_duration} s, about $${estimated_cost.toFixed(2)}`)
  scenes.forEach(({ title, duration, prompt }, index) => {
    console.log(
      `  ${index + 1}. ${title} (${duration} s)\n     ${prompt.length > 110 ? `${prompt.slice(0, 109)}…` : prompt}`,
    )
  })
  console.log()
}

/** Prints each stage as it is reached. @throws Error with the job's own words when it fails */
export async function showProgress(api: DemoClient, jobId: number): Promise<void> {
  const began = Date.now()
  let shown = ''
  for (;;) {
    const { status, current_stage, progress_percentage, progress } = await api.job(jobId)
    const line = `${String(Math.round(progress_percentage)).padStart(3)} %  ${current_stage}`
    if (line !== shown) console.log(`  ${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`)
    shown = line
    if (status === 'completed') return
    if (status === 'failed') throw new Error(`The job failed: ${progress.error}`)
    await sleep(LOOK_EVERY_MS)
  }
}
