/** A frontend's view of the API: JSON over HTTP. */
import type { ReadableStream } from 'node:stream/web'

export interface NewJob {
  job_id: number
  video_name: string
  estimated_cost: number
  storyboard: { total_duration: number; scenes: Array<{ title: string; prompt: string; duration: number }> }
}

export interface JobProgress {
  status: string
  current_stage: string
  progress_percentage: number
  progress: { error: string | null }
}

export type DemoClient = ReturnType<typeof createDemoClient>

/** @param url http://host:port */
export function createDemoClient(url: string) {
  const ask = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetch(`${url}/api/v3${path}`, init)
    if (!response.ok)
      throw new Error(`${init?.method ?? 'GET'} ${path} answered ${response.status}: ${await response.text()}`)
    return response
  }
  return {
    async post(path: string, body: unknown): Promise<NewJob> {
      const headers = { 'content-type': 'application/json' }
      return (await (await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as NewJob
    },
    /** Answers of clients, campaigns and assets come wrapped in `data`. */
    async create(path: string, body: Record<string, unknown> | FormData): Promise<{ id: string }> {
      const init =
        body instanceof FormData
          ? { method: 'POST', body }
          : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
      const { data } = (await (await ask(path, init)).json()) as { data: { id: string } }
      return data
    },
    async job(id: number): Promise<JobProgress> {
      return (await (await ask(`/jobs/${id}`)).json()) as JobProgress
    },
    async download(path: string): Promise<ReadableStream<Uint8Array>> {
      const { body } = await ask(path)
      if (!body) throw new Error(`GET ${path} answered with nothing`)
      return body as ReadableStream<Uint8Array>
    },
  }
}
