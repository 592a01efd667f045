/** What a language model was asked and answered when it wrote a job's storyboard. */
import type { WritingExchange } from '../../domain/storyboard.ts'
import type { Database, Prisma } from '../client.ts'
import type { StoryboardExchange } from '../generated/client.ts'

export type { StoryboardExchange } from '../generated/client.ts'

/** A whole storyboard is far shorter, in characters. */
const MOST_OF_AN_ANSWER = 200_000

/** Adds to those that earlier tries had. Of a job that was deleted nothing is kept. */
export async function keepExchanges(db: Database, jobId: number, exchanges: WritingExchange[]): Promise<void> {
  if (exchanges.length === 0) return
  await db.$transaction(async (tx) => {
    if (!(await tx.job.findUnique({ where: { id: jobId, deletedAt: null }, select: { id: true } }))) return
    const before = await tx.storyboardExchange.count({ where: { jobId } })
    await tx.storyboardExchange.createMany({
      data: exchanges.map(storable).map(({ messages, answer, ...exchange }, index) => ({
        ...{ jobId, number: before + index + 1 },
        ...exchange,
        answer: answer?.slice(0, MOST_OF_AN_ANSWER).toWellFormed() ?? null,
        messages: messages as unknown as Prisma.InputJsonArray,
      })),
    })
  })
}

/** Models write what they like: without what no database keeps in a text. */
function storable(exchange: WritingExchange): WritingExchange {
  return JSON.parse(JSON.stringify(exchange), (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value,
  )
}

/** In the order in which they were. */
export function listExchanges(db: Database, jobId: number): Promise<StoryboardExchange[]> {
  return db.storyboardExchange.findMany({ where: { jobId }, orderBy: { number: 'asc' } })
}
