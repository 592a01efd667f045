/** The keys that payloads are encrypted with. */

const KEY_BYTES = 32

export interface EncryptionKeys {
  /** What is written is encrypted with this one; null leaves it as it is. */
  current: string | null
  /** By id: everything that may have been encrypted before. */
  all: ReadonlyMap<string, Buffer>
}

/**
 * Reads PAYLOAD_ENCRYPTION_KEYS: `id:key,id:key`, each key 32 bytes in base64. The first encrypts, the others only decrypt.
 * @throws Error that names the key's id and never the key
 */
export function readEncryptionKeys(setting: string | undefined): EncryptionKeys {
  const all = new Map<string, Buffer>()
  for (const entry of (setting ?? '').split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const [, id, text = ''] = /^([A-Za-z0-9._-]+):(.*)$/.exec(entry) ?? []
    if (!id)
      throw new Error('PAYLOAD_ENCRYPTION_KEYS must be id:key,id:key with ids of letters, digits, ".", "_" and "-".')
    if (all.has(id)) throw new Error(`PAYLOAD_ENCRYPTION_KEYS has two keys "${id}": give each an id of its own.`)
    const key = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0)
    if (key.length !== KEY_BYTES) {
      throw new Error(
        `The key "${id}" in PAYLOAD_ENCRYPTION_KEYS is not ${KEY_BYTES} bytes in base64: \`openssl rand -base64 ${KEY_BYTES}\` draws one.`,
      )
    }
    all.set(id, key)
  }
  const [current = null] = all.keys()
  return { current, all }
}
