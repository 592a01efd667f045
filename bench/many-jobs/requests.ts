/** What is asked of both installations: every list with each of its filters, and what is shown of a job. */
import type { Installation } from './installation.ts'

export interface Asked {
  what: string
  /** Below /api/v3; `nth` counts up, so that nothing is asked for twice that could have been kept. */
  path(nth: number): string
}

/** As far in as a list is followed for a page in the middle, where it has so many. */
const PAGES_IN = 40
const SEARCHES = ['lakeside', 'nothing is so', '77']

export async function requestsOf(installation: Installation): Promise<Asked[]> {
  const { campaigns, clientId, decided } = installation
  const job = (nth: number) => 1 + ((nth * 7) % decided)
  const filters = [
    '',
    'status=pending',
    'status=processing',
    'status=completed',
    'status=failed',
    'stage=waiting_prediction',
    `campaign_id=${campaigns[0]}`,
    `client_id=${clientId}`,
    `status=completed&campaign_id=${campaigns[0]}`,
    ...SEARCHES.map((q) => `q=${encodeURIComponent(q)}`),
  ]
  const following = ['', 'status=completed', `campaign_id=${campaigns[0]}`]
  const pages = await Promise.all(
    following.map(async (filter) => {
      const { second, inner } = await cursors(installation, filter)
      return [asList(filter, second, ', second page'), asList(filter, inner, ', a page in the middle')]
    }),
  )
  return [
    ...filters.map((filter) => asList(filter, null, '')),
    ...pages.flat(),
    { what: 'GET /jobs/:id', path: (nth) => `/jobs/${job(nth)}` },
    { what: 'GET /jobs/:id/scenes', path: (nth) => `/jobs/${job(nth)}/scenes` },
  ]
}

/** Ids are named by their kind, which is the same in both installations. */
function asList(filter: string, cursor: string | null, page: string): Asked {
  const path = `/jobs?${filter}${cursor ? `&cursor=${cursor}` : ''}`
  const shown = decodeURIComponent(filter).replaceAll(/_id=[^&]+/g, '_id=…')
  return { what: `GET /jobs${shown ? `?${shown}` : ''}${page}`, path: () => path }
}

async function cursors({ rig }: Installation, filter: string) {
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null && found.length < PAGES_IN; ) {
    const { body } = await rig.api.get(`/jobs?${filter}${cursor && `&cursor=${cursor}`}`)
    cursor = body.meta.next_cursor as string | null
    if (cursor) found.push(cursor)
  }
  return { second: found[0] ?? null, inner: found[found.length >> 1] ?? null }
}
