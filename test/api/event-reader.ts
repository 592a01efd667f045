/** Reads server-sent events as a browser does, frame by frame. */
export interface ServerEvent {
  event: string
  id: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server sends, and then says what it expects
  data: any
}

export async function openEvents(url: string, headers: Record<string, string> = {}) {
  const stop = new AbortController()
  const response = await fetch(url, { headers, signal: stop.signal })
  if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`)
  const frames = framesOf(response.body.pipeThrough(new TextDecoderStream()))
  let lastId = ''
  return {
    response,
    /** As a browser would send it in Last-Event-ID. */
    lastId: () => lastId,
    stop: () => stop.abort(),

    /** The next `count` events. */
    async take(count: number): Promise<ServerEvent[]> {
      const events: ServerEvent[] = []
      while (events.length < count) {
        const { value, done } = await frames.next()
        if (done) throw new Error(`The stream ended after ${events.length} of ${count} events`)
        if (value.has('id')) lastId = value.get('id') ?? ''
        const data = value.get('data')
        if (data) events.push({ event: value.get('event') ?? 'message', id: lastId, data: JSON.parse(data) })
      }
      return events
    },

    /** Reads until there is a place to come back to. */
    async untilPlaced(): Promise<void> {
      while (!lastId) {
        const { value, done } = await frames.next()
        if (done) throw new Error('The stream ended before it gave an id')
        lastId = value.get('id') ?? ''
      }
    },

    /** Resolves when the server has ended the stream. */
    async ended(): Promise<void> {
      while (!(await frames.next()).done);
    },
  }
}

async function* framesOf(text: AsyncIterable<string>): AsyncGenerator<Map<string, string>, undefined> {
  let rest = ''
  for await (const chunk of text) {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const fields = part.split('\n').map((line): [string, string] => {
        const [name = '', ...value] = line.split(': ')
        return [name, value.join(': ')]
      })
      yield new Map(fields)
    }
  }
}
