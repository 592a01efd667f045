/** Which Temporal server to use, and how to reach it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection, isGrpcServiceError } from '@temporalio/client'
import type { PayloadCodec } from '@temporalio/common'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection } from '@temporalio/worker'
import { assertUsableSettings } from './check-settings.ts'
import { clientInterceptors } from './client-interceptors.ts'
import { EMBEDDED_NAMESPACE } from './embedded.ts'
import { encryptionCodec } from './encryption/codec.ts'
import { readEncryptionKeys } from './encryption/keys.ts'

const DEFAULT_ADDRESS = '127.0.0.1:7233'
const ANSWER_WITHIN_MS = 10_000
const GRPC_NOT_FOUND = 5

export interface TemporalTarget {
  /** host:port */
  address: string
  namespace: string
  /** True when the environment names the server; else it is the one that `npm start` brings, on its usual port. */
  named: boolean
  /** TLS, API key and headers. */
  security: Pick<ReturnType<typeof loadClientConnectConfig>['connectionOptions'], 'tls' | 'apiKey' | 'metadata'>
  /** What workers and clients encrypt with; none unless given. */
  payloadCodecs?: PayloadCodec[]
}

/**
 * Reads the SDK's usual variables: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS and its kin, and our
 * PAYLOAD_ENCRYPTION_KEYS; blank counts as unset. A configuration file counts only when TEMPORAL_CONFIG_FILE or TEMPORAL_PROFILE asks for one: the profile
 * that somebody keeps for the Temporal CLI must not decide where paid jobs run.
 * @throws Error that names the variable which can't be used
 */
export function readTemporalTarget(env: NodeJS.ProcessEnv): TemporalTarget {
  const set: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value?.trim()) set[name] = value.trim()
  assertUsableSettings(set)
  const disableFile = !set.TEMPORAL_CONFIG_FILE && !set.TEMPORAL_PROFILE
  const { namespace, connectionOptions } = loadSettings(set, disableFile)
  const { address, ...security } = connectionOptions
  const named = address !== undefined
  return {
    address: address ?? DEFAULT_ADDRESS,
    namespace: namespace ?? (named ? 'default' : EMBEDDED_NAMESPACE),
    named,
    security,
    payloadCodecs: [encryptionCodec(readEncryptionKeys(set.PAYLOAD_ENCRYPTION_KEYS))],
  }
}

function loadSettings(set: Record<string, string>, disableFile: boolean) {
  try {
    return loadClientConnectConfig({ overrideEnvVars: set, disableFile })
  } catch (error) {
    if (disableFile) throw error
    const variables = ['TEMPORAL_CONFIG_FILE', 'TEMPORAL_PROFILE'].filter((name) => set[name])
    throw new Error(`${variables.join(' with ')} can't be used: ${(error as Error).message}`)
  }
}

/**
 * A client that connects when it is first used, so that the API starts, and serves reads, while Temporal is down. A call
 * then fails only after 20 seconds of retries: give each a deadline (`client.withDeadline`).
 */
export function lazyClient({ address, namespace, security, payloadCodecs }: TemporalTarget): Client {
  return new Client({
    connection: Connection.lazy({ address, ...security }),
    namespace,
    dataConverter: { payloadCodecs },
    interceptors: clientInterceptors(),
  })
}

/**
 * Connects now. One connection serves workers and the client; close it after the workers have stopped.
 * @throws Error with one sentence when the server does not answer within 10 seconds or lacks the namespace
 */
export async function connectTemporal(
  target: TemporalTarget,
): Promise<{ connection: NativeConnection; client: Client }> {
  const { address, namespace, payloadCodecs } = target
  const connection = await connectWithin(target)
  try {
    await connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
  } catch (error) {
    // Anything else, such as a key that may not describe namespaces, does not keep a worker from working.
    if (isGrpcServiceError(error) && error.code === GRPC_NOT_FOUND) {
      await connection.close()
      throw new Error(
        `The Temporal server at ${address} has no namespace "${namespace}": create it ` +
          `(temporal operator namespace create --namespace ${namespace} --retention 30d) or set TEMPORAL_NAMESPACE.`,
      )
    }
  }
  const options = { namespace, dataConverter: { payloadCodecs }, interceptors: clientInterceptors() }
  return { connection, client: new Client({ connection, ...options }) }
}

async function connectWithin(target: TemporalTarget): Promise<NativeConnection> {
  const { address, security } = target
  const late = new AbortController()
  try {
    return await Promise.race([
      NativeConnection.connect({ address, ...security }),
      sleep(ANSWER_WITHIN_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error('no answer within 10 seconds')
      }),
    ])
  } catch (error) {
    throw new Error(`${sayWhy(error, address)}: ${advise(error, target)}.`, { cause: error })
  } finally {
    late.abort()
  }
}

function sayWhy(error: unknown, address: string): string {
  if (isRefusal(error)) return `The Temporal server at ${address} refuses us (${reasonOf(error)})`
  return `No Temporal server answers at ${address} (${reasonOf(error)})`
}

function advise(error: unknown, { named, security }: TemporalTarget): string {
  if (!named) return 'run `npm start`, which brings its own, or set TEMPORAL_ADDRESS to one that runs'
  if (isRefusal(error)) return 'correct TEMPORAL_API_KEY or the certificate in TEMPORAL_TLS_CLIENT_CERT_PATH'
  return `start it, or correct TEMPORAL_ADDRESS${security.tls ? ' and TEMPORAL_TLS_…, which turned TLS on' : ''}`
}

/** gRPC's UNAUTHENTICATED, which the SDK's worker tells in words only. */
const isRefusal = (error: unknown) => messageOf(error).includes('valid authentication credentials')

/** The SDK's message is a Rust value printed for debugging; what a person can use of it is the innermost message. */
function reasonOf(error: unknown): string {
  const message = messageOf(error)
  const certificate = /InvalidCertificate\((\w+)/.exec(message)?.[1]
  if (certificate) return `its certificate is not accepted: ${certificate}`
  return /message: "([^"]+)"/.exec(message)?.[1] ?? message
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Whether the server answers within two seconds. */
export async function isTemporalReachable(client: Client): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + 2_000, () => client.workflowService.getSystemInfo({}))
    return true
  } catch {
    return false
  }
}
