/** What the demo prints. */
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, type Greenlight } from '../../client/index.ts'

const LOOK_EVERY_MS = 100

interface PlannedFilm {
  video_name: string
  estimated_cost: number
  storyboard: { total_duration: number; scenes: { title: string | null; prompt: string | null; duration: number }[] }
}

export function showStoryboard({ video_name, storyboard, estimated_cost }: PlannedFilm): void {
  const { scenes, total_duration } = storyboard
  console.log(`\n"${video_name}": ${scenes.length} scenes, ${total_duration} s, about $${estimated_cost.toFixed(2)}`)
  scenes.forEach(({ title, duration, prompt }, index) => {
    const line = prompt ?? ''
    console.log(`  ${index + 1}. ${title} (${duration} s)\n     ${line.length > 110 ? `${line.slice(0, 109)}…` : line}`)
  })
  console.log()
}

/** Prints each stage as it is reached. @throws Error with the job's own words when it fails */
export async function showProgress(api: Greenlight, jobId: number): Promise<void> {
  const began = Date.now()
  let shown = ''
  for (;;) {
    const { status, current_stage, progress_percentage, progress } = await answerOf(
      api.jobs[':id'].$get({ param: { id: jobId } }),
    )
    const line = `${String(Math.round(progress_percentage)).padStart(3)} %  ${current_stage}`
    if (line !== shown) console.log(`  ${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`)
    shown = line
    if (status === 'completed') return
    if (status === 'failed') throw new Error(`The job failed: ${progress.error}`)
    await sleep(LOOK_EVERY_MS)
  }
}
