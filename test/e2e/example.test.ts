import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerOf, createGreenlight } from '../../client/index.ts'
import { makeFilm } from '../../examples/make-film.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Base, PHOTOS, startBase, startGreenlight } from '../support/stack.ts'

describe('the example', () => {
  let base: Base
  let server: Greenlight
  beforeAll(async () => {
    base = await startBase()
    server = await startGreenlight(base)
  })
  afterAll(async () => {
    await server.stop()
    await base.stop()
  })

  it('makes a film through the typed client', async () => {
    const greenlight = createGreenlight({ url: server.url })
    const photos = ['coffee.png', 'rocket.jpg'].map((name) => path.join(PHOTOS, name))
    const film = path.join(base.dataDir, 'film.mp4')
    const id = await makeFilm(greenlight, photos, film)
    expect((await readFile(film)).subarray(4, 8).toString()).toBe('ftyp')
    const job = await answerOf(greenlight.jobs[':id'].$get({ param: { id } }))
    expect(job.storyboard.scenes[0]?.prompt).toMatch(/The camera moves slowly\.$/)
    expect(job.decision?.by).toBe('Anna')
  }, 120_000)
})
