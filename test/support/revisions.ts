/** Jobs that are revised, and what the simulator billed for them. */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Answer, Api, Base } from './stack.ts'

type Body = Answer['body']

export const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

export function createRevisionHelp({ simulator }: Base, api: Api, campaign: string) {
  return {
    scenesOf: async (jobId: number): Promise<Body[]> => (await api.get(`/jobs/${jobId}/scenes`)).body.scenes,

    /** Billed predictions whose prompt, or model, says that. */
    billed: (text: string) =>
      simulator.bill().predictions.filter(({ billed, model, input }) => {
        return billed && (String(input.prompt).includes(text) || model.includes(text))
      }),

    /** An approved job whose prompts are "<mark> 0", "<mark> 1", … */
    async approved(mark: string, fields: Record<string, unknown> = {}): Promise<number> {
      const wish = { campaign_id: campaign, clip_duration: 4, num_pairs: 2, ...fields }
      const { body: job } = await api.post('/jobs/from-image-pairs', wish)
      for (const [n, { id }] of job.storyboard.scenes.entries()) {
        await api.patch(`/jobs/${job.job_id}/scenes/${id}`, { prompt: `${mark} ${n}` })
      }
      expect((await api.post(`/jobs/${job.job_id}/approve`)).status).toBe(200)
      return job.job_id
    },

    /** The job once its revision of that number has ended. */
    async revised(jobId: number, number: number): Promise<Body> {
      for (;;) {
        const { body } = await api.get(`/jobs/${jobId}`)
        if (body.revision?.number >= number && ['completed', 'failed'].includes(body.revision.state)) return body
        await sleep(50)
      }
    },
  }
}
