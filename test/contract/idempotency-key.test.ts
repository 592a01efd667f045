/** The header Idempotency-Key, on every POST that it makes safe to repeat. */
import { afterAll, describe, expect, it } from 'vitest'
import { bodyDigest } from '../../api/idempotency/body-digest.ts'
import { claimRequest, keepAnswer } from '../../prisma/queries/idempotent-requests.ts'
import { startTestApi } from '../support/test-api.ts'
import { bodyOf, describedRoutes, hasCodedErrors, pathOf } from './every-route.ts'

const api = await startTestApi()
afterAll(() => api.close())
const routes = (await describedRoutes(api)).filter(({ method, template }) => {
  return method === 'POST' && template.startsWith('/api/v3/') && template !== '/api/v3/session'
})

describe('an Idempotency-Key', () => {
  it.each(routes.map((route): [string, typeof route] => [route.template, route]))(
    'guards POST %s',
    async (_, route) => {
      const path = pathOf(route)
      const body = bodyOf(route)
      const ask = async (key: string) => {
        const { status, json } = await api.call('POST', path, body, { 'idempotency-key': key })
        return { status, said: hasCodedErrors(route.template) ? json.error.message : json.error }
      }
      expect(await ask('with a space')).toMatchObject({
        status: 400,
        said: expect.stringMatching(/^Idempotency-Key takes/),
      })

      const digest = bodyDigest(body ? 'application/json' : '', `POST ${path}\n`)
      digest.update(Buffer.from(body ? JSON.stringify(body) : ''))
      const caller = 'anyone'
      await claimRequest(api.db, { caller, key: `running-${path}`, fingerprint: digest.hex() })
      expect(await ask(`running-${path}`)).toMatchObject({
        status: 409,
        said: expect.stringMatching(/still being worked on/),
      })

      const fingerprint = 'of another body'
      const { row } = await claimRequest(api.db, { caller, key: `used-${path}`, fingerprint })
      await keepAnswer(api.db, row.id, { status: 200, body: '{}', contentType: 'application/json', fingerprint })
      expect(await ask(`used-${path}`)).toMatchObject({
        status: 422,
        said: expect.stringMatching(/used with another request/),
      })
    },
  )
})
