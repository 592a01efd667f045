/** The contract's table of the environment: what is meant when a variable is unset, and what is refused. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../config.ts'

const OLD = [
  ...['REPLICATE_API_KEY', 'XAI_API_KEY', 'PUBLIC_BASE_URL', 'VIDEO_GENERATION_MODEL', 'REPLICATE_WEBHOOK_URL'],
  ...[
    'AUTO_GENERATE_AUDIO',
    'AUDIO_MERGE_WITH_VIDEO',
    'AUDIO_SYNC_MODE',
    'AUDIO_ERROR_STRATEGY',
    'AUDIO_FAIL_ON_ERROR',
  ],
  ...['AUDIO_SEGMENT_TTL', 'DATABASE_PATH', 'API_AUTH_KEY'],
]
const ADDED = [
  ...['PORT', 'HOST', 'DATA_DIR', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'REPLICATE_BASE_URL', 'XAI_BASE_URL'],
  ...[
    'REPLICATE_WEBHOOK_SIGNING_SECRET',
    'CORS_ORIGINS',
    'STORYBOARD_TIMEOUT',
    'XAI_MODEL',
    'MUSIC_MODEL',
    'VOICE_MODEL',
    'MAX_SCENES',
  ],
  ...['MAX_PARALLEL_SCENES', 'ASSET_DELIVERY', 'ALLOWED_PRIVATE_HOSTS', 'BLOB_STORE_URL', 'BLOB_REDIRECTS'],
  ...['DATABASE_URL', 'DATABASE_POOL_SIZE'],
  ...['RATE_LIMIT_PER_MINUTE', 'MAX_REQUESTS_AT_ONCE', 'MAX_OPEN_JOBS_PER_CLIENT'],
  ...['MAX_JOB_USD', 'DAILY_BUDGET_USD'],
]

describe('the environment', () => {
  it.each([...OLD, ...ADDED])('has %s in .env.example', async (name) => {
    const example = await readFile(path.join(import.meta.dirname, '..', '..', '.env.example'), 'utf8')
    expect(example).toMatch(new RegExp(`^#? ?${name}=`, 'm'))
  })

  it.each([{}, { REPLICATE_WEBHOOK_URL: '', PORT: ' ', AUTO_GENERATE_AUDIO: '', API_AUTH_KEY: ' , ' }])(
    'unset or blank (%j), means what the contract says',
    (env) => {
      const config = readConfig(env as Record<string, string>)
      expect(config).toMatchObject({
        http: { port: 4000, host: '127.0.0.1', authKeys: [], corsOrigins: [], publicBaseUrl: undefined },
        replicate: { apiKey: undefined, webhookUrl: undefined },
        videoModel: 'veo3',
        audio: {
          ...{ auto: false, merge: true, syncMode: 'trim', errorStrategy: 'continue_with_silence', failOnError: false },
          segmentTtlSeconds: 1800,
        },
        ...{ storyboardTimeoutSeconds: 60, maxScenes: 100, assetDelivery: 'upload', allowedPrivateHosts: [] },
      })
      expect(path.basename(config.dataDir)).toBe('.data')
      expect(path.dirname(config.databasePath)).toBe(config.dataDir)
      expect(config.database).toBe(config.databasePath)
    },
  )

  it('has what is commented out in .env.example by default', async () => {
    const example = await readFile(path.join(import.meta.dirname, '..', '..', '.env.example'), 'utf8')
    const shown = [...example.matchAll(/^# ?([A-Z][A-Z_]*)=(.+)$/gm)]
    expect(shown.length).toBeGreaterThan(20)
    for (const [, name = '', value = ''] of shown) {
      expect(readConfig({ [name]: value }), `${name}=${value}`).toEqual(readConfig({}))
    }
  })

  it('is read as it is meant', () => {
    const env = {
      API_AUTH_KEY: 'a, b',
      PUBLIC_BASE_URL: 'https://video.example/',
      AUDIO_FAIL_ON_ERROR: '1',
      DATABASE_PATH: '/rows.db',
    }
    expect(readConfig({ ...env, AUDIO_MERGE_WITH_VIDEO: 'False' })).toMatchObject({
      http: { authKeys: ['a', 'b'], publicBaseUrl: 'https://video.example' },
      audio: { failOnError: true, merge: false },
      ...{ assetDelivery: 'url', databasePath: '/rows.db' },
    })
    for (const url of ['http://127.0.0.1:4000', 'http://localhost', 'http://[::1]:1', 'https://video.example']) {
      expect(readConfig({ REPLICATE_WEBHOOK_URL: url }).replicate.webhookUrl).toBe(url)
    }
  })

  it.each([
    'postgresql://greenlight@localhost/rows',
    'postgres://greenlight:p%40ss@db.example:5433/rows?sslmode=require',
    'postgresql:///rows?host=/var/run/postgresql',
  ])('takes %s for PostgreSQL', (url) => {
    expect(readConfig({ DATABASE_URL: url }).database).toEqual({ url, poolSize: 10 })
  })

  it.each([
    'mysql://root:hunter2@db.example/rows',
    'postgresql://greenlight:hunter2@db.example',
    'postgresql://greenlight:hunter2@db.example/rows?pool=5',
    'postgresql://greenlight:hunter2%@db.example/rows',
    'hunter2',
    '/var/hunter2.db',
  ])('refuses %s as DATABASE_URL, and does not repeat it', (url) => {
    const read = () => readConfig({ DATABASE_URL: url })
    expect(read).toThrow('DATABASE_URL')
    expect(read).not.toThrow('hunter2')
  })

  it.each([
    [{ DATABASE_POOL_SIZE: '1' }, 'DATABASE_POOL_SIZE'],
    [{ REPLICATE_WEBHOOK_URL: 'http://video.example' }, 'REPLICATE_WEBHOOK_URL'],
    [{ AUTO_GENERATE_AUDIO: 'maybe' }, 'AUTO_GENERATE_AUDIO'],
    [{ AUDIO_SYNC_MODE: 'loop' }, 'AUDIO_SYNC_MODE'],
    [{ AUDIO_ERROR_STRATEGY: 'ignore' }, 'AUDIO_ERROR_STRATEGY'],
    [{ AUDIO_SEGMENT_TTL: 'soon' }, 'AUDIO_SEGMENT_TTL'],
    [{ PORT: '70000' }, 'PORT'],
    [{ PUBLIC_BASE_URL: 'video.example' }, 'PUBLIC_BASE_URL'],
    [{ ASSET_DELIVERY: 'url' }, 'PUBLIC_BASE_URL'],
    [{ ASSET_DELIVERY: 'carrier-pigeon' }, 'ASSET_DELIVERY'],
  ])('is refused where it makes no sense, by name: %j', (env, named) => {
    expect(() => readConfig(env as Record<string, string>)).toThrow(named)
  })
})
