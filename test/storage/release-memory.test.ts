import { describe, expect, it } from 'vitest'
import { releasing } from '../../storage/release-memory.ts'

async function* chunks(...parts: Uint8Array[]) {
  yield* parts
}

describe('releasing', () => {
  it('frees a chunk when the next is asked for, and not before', async () => {
    const parts = [Buffer.alloc(1000, 'a'), Buffer.alloc(1000, 'b').subarray(0, 900)]
    const seen: string[] = []
    for await (const chunk of releasing(chunks(...parts))) seen.push(String(chunk.at(-1)), String(chunk.byteLength))
    expect(seen).toEqual(['97', '1000', '98', '900'])
    expect(parts.map(({ byteLength }) => byteLength)).toEqual([0, 0])
  })

  it('leaves memory alone in which there are other bytes', async () => {
    const whole = Buffer.alloc(2000, 'a')
    for await (const _ of releasing(chunks(whole.subarray(0, 1000), whole.subarray(1))));
    expect(whole.byteLength).toBe(2000)
  })
})
