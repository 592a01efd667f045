/** What the SDK passes over in silence in its own variables, and what it reports without naming one. */
import { accessSync, constants, readFileSync } from 'node:fs'

const SWITCHES = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION']
const PEM_FILES = [
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
] as const

/**
 * @param set the variables that are not blank
 * @throws Error with one sentence that names the variable and never what it holds, which may be a key
 */
export function assertUsableSettings(set: Record<string, string>): void {
  for (const name of SWITCHES) {
    // The SDK takes any other word for false, and would speak in the clear.
    if (set[name] && !/^(true|false|1|0)$/.test(set[name])) throw new Error(`${name} must be true or false.`)
  }
  if (/^(true|1)$/.test(set.TEMPORAL_TLS_DISABLE_HOST_VERIFICATION ?? '')) {
    throw new Error(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION does nothing here, because the server is always verified: unset it, and name its authority in TEMPORAL_TLS_SERVER_CA_CERT_PATH and, where it is reached by another name, TEMPORAL_TLS_SERVER_NAME.',
    )
  }
  const hasCertificate = set.TEMPORAL_TLS_CLIENT_CERT_PATH || set.TEMPORAL_TLS_CLIENT_CERT_DATA
  const hasKey = set.TEMPORAL_TLS_CLIENT_KEY_PATH || set.TEMPORAL_TLS_CLIENT_KEY_DATA
  if (Boolean(hasCertificate) !== Boolean(hasKey)) {
    const [there, missing] = hasCertificate ? ['CERT', 'KEY'] : ['KEY', 'CERT']
    throw new Error(
      `TEMPORAL_TLS_CLIENT_${there}_PATH (or _DATA) is of use only together with TEMPORAL_TLS_CLIENT_${missing}_PATH (or _DATA): set both.`,
    )
  }
  for (const name of PEM_FILES) assertPemFile(name, set[name])
  // Without it the SDK goes on with its defaults: jobs would run on another server than was meant.
  if (set.TEMPORAL_CONFIG_FILE) assertReadable('TEMPORAL_CONFIG_FILE', set.TEMPORAL_CONFIG_FILE)
}

function assertPemFile(name: string, file: string | undefined): void {
  if (!file) return
  assertReadable(name, file)
  if (!readFileSync(file, 'latin1').includes('-----BEGIN ')) {
    throw new Error(`${name} names ${file}, which is not in the PEM format ("-----BEGIN …").`)
  }
}

function assertReadable(name: string, file: string): void {
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    throw new Error(`${name} names ${file}, which can't be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}
