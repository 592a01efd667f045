import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attempt } from './attempt.ts'
import { CATALOGUE } from './catalogue.ts'
import { CLASSES, type HostileClass } from './hostile-input.ts'
import { type HostileServer, startHostileServer } from './hostile-server.ts'
import { PAGE, pageOf, withoutMeasured } from './page.ts'
import type { Snapshot } from './snapshot.ts'
import { tryWrongTypes } from './wrong-types.ts'

let server: HostileServer
let atFirst: Snapshot
beforeAll(async () => {
  server = await startHostileServer()
  atFirst = await server.snapshot()
})
afterAll(() => server.close())

describe.each(Object.keys(CLASSES) as HostileClass[])('%s', (kind) => {
  it.each(CATALOGUE.filter((input) => input.class === kind).map((input) => [input.name, input.to, input] as const))(
    '%s by %s is refused, or harmless, and leaves nothing',
    async (_, __, input) => {
      expect((await attempt(server, input, atFirst)).problems).toEqual([])
    },
  )
})

it('no request of all these reached the inside', () => {
  expect(server.inwardAsked).toEqual([])
})

describe('a value of the wrong type, in every field of every JSON body', () => {
  it('is refused with the name of the field, and leaves nothing', async () => {
    const { problems, requests } = await tryWrongTypes(server)
    expect(problems).toEqual([])
    expect(requests).toBeGreaterThan(1_000)
  }, 300_000)
})

it('none of all these failed by a fault of ours, which the log would have', () => {
  expect(server.output()).not.toContain('request failed')
})

describe('docs/bad-inputs.md', () => {
  it('lists what is sent here: `npm run bad-inputs` writes it anew', async () => {
    expect(withoutMeasured(await readFile(PAGE, 'utf8'))).toBe(withoutMeasured(pageOf('')))
  })

  it('could list everything: no two inputs are the same', () => {
    const names = CATALOGUE.map(({ to, name }) => `${to} ${name}`)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})
