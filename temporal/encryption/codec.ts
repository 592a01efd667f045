/**
 * What passes through Temporal, encrypted: AES-256-GCM over the whole payload. It is written as Temporal's own samples write
 * it (encoding `binary/encrypted`, the nonce before and the tag after the ciphertext), so that their codec servers read it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Payload, PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'
import type { EncryptionKeys } from './keys.ts'

const ENCODING = 'binary/encrypted'
const KEY_ID = 'encryption-key-id'
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const { Payload: PayloadMessage } = proto.temporal.api.common.v1

/** A payload is encrypted, and with the keys that we have it can't be read. */
export class UnreadablePayload extends Error {
  override name = 'UnreadablePayload'
}

/**
 * Encrypts with the current key, where there is one, and decrypts with any. What is not encrypted passes: histories from
 * before there was a key, and signals that people send by Temporal's UI and CLI.
 */
export function encryptionCodec({ current, all }: EncryptionKeys): PayloadCodec {
  const key = current === null ? undefined : all.get(current)
  return {
    async encode(payloads) {
      return current === null || !key ? payloads : payloads.map((payload) => encrypt(payload, current, key))
    },
    async decode(payloads) {
      return payloads.map((payload) => (textOf(payload, 'encoding') === ENCODING ? decrypt(payload, all) : payload))
    },
  }
}

function encrypt(payload: Payload, id: string, key: Buffer): Payload {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce)
  const ciphertext = [cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]
  return {
    metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) },
    data: Buffer.concat([nonce, ...ciphertext, cipher.getAuthTag()]),
  }
}

/** @throws UnreadablePayload when there is no such key, or it is not the one that encrypted this */
function decrypt(payload: Payload, keys: EncryptionKeys['all']): Payload {
  const id = textOf(payload, KEY_ID)
  const key = keys.get(id)
  if (!key) {
    throw new UnreadablePayload(
      `A payload in Temporal is encrypted with the key "${id}", which PAYLOAD_ENCRYPTION_KEYS does not have: add it, after the one that encrypts now.`,
    )
  }
  const data = Buffer.from(payload.data ?? [])
  try {
    const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(data.subarray(data.length - TAG_BYTES))
    const clear = [decipher.update(data.subarray(NONCE_BYTES, data.length - TAG_BYTES)), decipher.final()]
    return PayloadMessage.decode(Buffer.concat(clear))
  } catch {
    throw new UnreadablePayload(
      `A payload in Temporal can't be decrypted with the key "${id}" of PAYLOAD_ENCRYPTION_KEYS: it was encrypted with another key of that id, or was changed since.`,
    )
  }
}

const textOf = ({ metadata }: Payload, name: string) => Buffer.from(metadata?.[name] ?? []).toString()
