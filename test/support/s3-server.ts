/**
 * A real S3 server for tests: SeaweedFS as one process with a bucket in it. With TEST_S3_URL (as BLOB_STORE_URL, and AWS's
 * variables for the keys) the tests run against that one instead.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { parseS3Url, type S3Location } from '../../storage/s3/location.ts'
import { freePort } from '../../temporal/ports.ts'
import { findTool } from '../../toolchain/index.ts'

const KEYS = { AWS_ACCESS_KEY_ID: 'greenlight-test', AWS_SECRET_ACCESS_KEY: 'the-secret-of-greenlight-test' }

export interface S3Server {
  /** For BLOB_STORE_URL; a path may be put behind the bucket. */
  url: string
  location: S3Location
  /** For processes that are started; this one has them. */
  env: Record<string, string>
  /** Not through the store, to see and do what it does not. */
  client: S3Client
  stop(): Promise<void>
}

/** @param tries how often it is begun anew when it ends at once: somebody may have taken one of its ports */
export async function startS3Server(tries = 3): Promise<S3Server> {
  const given = process.env.TEST_S3_URL || undefined
  if (!given) Object.assign(process.env, KEYS)
  const started = given ? null : await startSeaweed()
  const url = given ?? `s3://greenlight?endpoint=${started?.endpoint}`
  const location = parseS3Url(url)
  const client = new S3Client({
    region: location.region,
    endpoint: location.endpoint,
    forcePathStyle: location.pathStyle,
  })
  try {
    if (started) await createBucket(client, location.bucket, started.lastWords)
  } catch (error) {
    client.destroy()
    await started?.stop()
    if (!(error instanceof EndedAtOnce) || tries === 1) throw error
    return startS3Server(tries - 1)
  }
  return {
    url,
    location,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('AWS_'))) as S3Server['env'],
    client,
    async stop() {
      client.destroy()
      await started?.stop()
    },
  }
}

class EndedAtOnce extends Error {}

async function startSeaweed() {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-s3-'))
  const keys = { accessKey: KEYS.AWS_ACCESS_KEY_ID, secretKey: KEYS.AWS_SECRET_ACCESS_KEY }
  const identity = { name: 'test', credentials: [keys], actions: ['Admin', 'Read', 'List', 'Tagging', 'Write'] }
  const config = path.join(folder, 'identities.json')
  await writeFile(config, JSON.stringify({ identities: [identity] }))
  const parts = ['master', 'volume', 'filer', 's3'].flatMap((part) => [`${part}.port`, `${part}.port.grpc`])
  const ports = new Map<string, number>()
  for (const part of parts) ports.set(part, await freePort(0))
  const { path: weed } = await findTool('weed')
  const log = await open(path.join(folder, 'log'), 'w')
  const child = spawn(
    weed,
    [
      ...['server', '-s3', '-ip=127.0.0.1', `-dir=${folder}`, `-s3.config=${config}`],
      ...['-master.volumeSizeLimitMB=64', '-volume.max=0', '-volume.preStopSeconds=0'],
      // What else would take a place that every server has.
      ...['-s3.iam=false', '-s3.port.iceberg=0'],
      ...['filer', 's3'].map((part) => `-${part}.localSocket=${path.join(folder, `${part}.sock`)}`),
      ...[...ports].map(([part, port]) => `-${part}=${port}`),
    ],
    { cwd: folder, stdio: ['ignore', log.fd, log.fd], env: { HOME: folder, PATH: process.env.PATH } },
  )
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const exited = once(child, 'exit')
  return {
    endpoint: `http://127.0.0.1:${ports.get('s3.port')}`,
    /** When it ended by itself, as where another process took one of its ports: what it said last. */
    lastWords: async () =>
      child.exitCode === null ? null : (await readFile(path.join(folder, 'log'), 'utf8')).slice(-2000),
    async stop() {
      process.off('exit', killWithUs)
      child.kill('SIGKILL')
      await exited
      await log.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Tries until the server takes bytes, which is later than that it answers. */
async function createBucket(client: S3Client, Bucket: string, lastWords: () => Promise<string | null>): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    try {
      await client.send(new HeadBucketCommand({ Bucket })).catch(() => client.send(new CreateBucketCommand({ Bucket })))
      await client.send(new PutObjectCommand({ Bucket, Key: 'first', Body: 'first' }))
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'first' }))
      return
    } catch (error) {
      const said = await lastWords()
      if (said !== null) throw new EndedAtOnce(`The S3 server ended: ${said}`, { cause: error })
      if (Date.now() > deadline) throw error
      await sleep(100)
    }
  }
}
