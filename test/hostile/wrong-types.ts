/** Gives every field of every JSON body values of every type, and judges the answers by the OpenAPI document. */
import { type BodyField, bodyFields, type OpenApi } from './body-fields.ts'
import { jsonHeaders } from './hostile-input.ts'
import type { HostileServer } from './hostile-server.ts'
import type { HostileAnswer } from './send.ts'
import { writesSeen } from './snapshot.ts'
import { EXCEPTIONS, VALUES, type Value } from './wrong-values.ts'

export interface WrongTypes {
  requests: number
  routes: number
  fields: number
  /** How many were refused. */
  refused: number
  problems: string[]
}

export async function tryWrongTypes(server: HostileServer): Promise<WrongTypes> {
  const document = (await (await fetch(`${server.url}/api/openapi`)).json()) as OpenApi
  const fields = bodyFields(document)
  const problems: string[] = []
  let refused = 0
  for (const field of fields) {
    for (const value of VALUES) {
      const before = await writesSeen(server.db)
      const answer = await server.send({
        method: field.method,
        path: concrete(server, field.route),
        // A version that nobody saw: what is valid ends in a conflict, and the job stays as it is.
        headers: { ...jsonHeaders, 'if-match': '"999"' },
        body: Buffer.from(JSON.stringify(bodyWith(server, field, value.value))),
      })
      const isRefused = answer.status >= 400
      refused += Number(isRefused)
      const problem = whatIsWrong(field, value, answer)
      const at = `${field.method} ${field.route} ${field.path.join('.')} = ${value.name}`
      if (problem) problems.push(`${at}: ${problem}, but ${answer.status} ${answer.body.slice(0, 200)}`)
      if (isRefused && (await writesSeen(server.db)) !== before)
        problems.push(`${at}: refused, and yet something was written`)
    }
  }
  const routes = new Set(fields.map(({ method, route }) => `${method} ${route}`)).size
  return { requests: fields.length * VALUES.length, routes, fields: fields.length, refused, problems }
}

/** Null when the answer is right. */
function whatIsWrong(field: BodyField, value: Value, { status, body }: HostileAnswer): string | null {
  if (status >= 500 || status < 200) return 'never 5xx'
  if (!isWrong(field, value)) return null
  if (status !== 400 && status !== 422) return 'should be refused'
  const name = field.path.filter((part) => typeof part === 'string').at(-1) ?? ''
  if (!body.includes(name)) return `should name ${name}`
  // Of a value of the wrong type nothing else can be true as well.
  return value.never || saysOneThing(body) ? null : 'should say one thing of each field'
}

function saysOneThing(body: string): boolean {
  const { details, error } = JSON.parse(body) as Refusal
  const said = details ?? (typeof error === 'string' ? undefined : error.details) ?? {}
  return Object.values(said).every((reasons) => reasons.length === 1)
}

interface Refusal {
  details?: Record<string, string[]>
  error: string | { details?: Record<string, string[]> }
}

function isWrong({ path, types, required }: BodyField, { name, type, value, never }: Value): boolean {
  const field = path.filter((part) => typeof part === 'string').at(-1)
  if (EXCEPTIONS.some((exception) => exception.field === field && exception.takes.includes(name))) return false
  if (never) return true
  if (types.length === 0 || types.includes(type)) return false
  // What may be absent may be null, or blank where a form or a query would have it so.
  return required || !(value === null || value === '')
}

/** Everything that the routes ask for, and the one field. Campaigns without pictures: no job comes of it. */
function bodyWith(server: HostileServer, { path }: BodyField, value: unknown): unknown {
  const whole: Record<string, unknown> = {
    name: 'Wrong types',
    key: 'nonsense',
    client_id: server.clientId,
    campaign_id: server.emptyCampaignId,
    job_id: server.jobId,
    source_url: `http://${server.world.inward}/photo.jpg`,
  }
  const [top = '', ...rest] = path
  whole[top] = rest.reduceRight<unknown>(
    (inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }),
    value,
  )
  return whole
}

function concrete(server: HostileServer, route: string): string {
  const own: Record<string, string | number> = {
    clients: server.clientId,
    campaigns: server.emptyCampaignId,
    assets: server.assetId,
    jobs: server.jobId,
    predictions: server.predictionId,
    notes: server.noteId,
  }
  return route.replace(/(\w+)\/\{(\w+)\}/g, (_, folder: string, name: string) => {
    const value = name === 'scene_id' ? server.sceneId : name === 'index' ? 0 : name === 'attempt' ? 1 : own[folder]
    return `${folder}/${value}`
  })
}
