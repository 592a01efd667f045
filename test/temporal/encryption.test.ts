import { randomBytes } from 'node:crypto'
import { defaultPayloadConverter } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { readTemporalTarget } from '../../temporal/connect.ts'
import { encryptionCodec } from '../../temporal/encryption/codec.ts'
import { readEncryptionKeys } from '../../temporal/encryption/keys.ts'

const [a, b, other] = [1, 2, 3].map(() => randomBytes(32).toString('base64'))
const codec = (setting?: string) => encryptionCodec(readEncryptionKeys(setting))
const payload = () => defaultPayloadConverter.toPayload({ note: 'Anna says yes' })
const read = async (by: string | undefined, [encoded]: Awaited<ReturnType<ReturnType<typeof codec>['encode']>>) => {
  const [decoded] = await codec(by).decode(encoded ? [encoded] : [])
  return decoded && defaultPayloadConverter.fromPayload(decoded)
}

describe('payloads', () => {
  it('are encrypted with the first key, and read with any', async () => {
    const encoded = await codec(`a:${a}`).encode([payload()])
    const [{ metadata, data } = {}] = encoded
    expect(Buffer.from(metadata?.encoding ?? []).toString()).toBe('binary/encrypted')
    expect(Buffer.from(metadata?.['encryption-key-id'] ?? []).toString()).toBe('a')
    expect(Buffer.from(data ?? []).includes('Anna')).toBe(false)
    expect(await read(`a:${a}`, encoded)).toEqual({ note: 'Anna says yes' })
    expect(await read(` b:${b} , a:${a},`, encoded)).toEqual({ note: 'Anna says yes' })
  })

  it('are never encrypted alike', async () => {
    const [one, two] = await codec(`a:${a}`).encode([payload(), payload()])
    expect(Buffer.from(one?.data ?? []).equals(two?.data ?? Buffer.alloc(0))).toBe(false)
  })

  it('pass as they are without a key, and when they are from before there was one', async () => {
    expect(await codec().encode([payload()])).toEqual([payload()])
    expect(await read(`a:${a}`, [payload()])).toEqual({ note: 'Anna says yes' })
  })

  it('say which key is missing, wrong, or what was changed', async () => {
    const encoded = await codec(`a:${a}`).encode([payload()])
    await expect(read(`b:${b}`, encoded)).rejects.toThrow(
      'encrypted with the key "a", which PAYLOAD_ENCRYPTION_KEYS does not',
    )
    await expect(read(undefined, encoded)).rejects.toThrow('PAYLOAD_ENCRYPTION_KEYS does not have')
    await expect(read(`a:${other}`, encoded)).rejects.toThrow('can\'t be decrypted with the key "a"')
    const [{ data, ...rest } = {}] = encoded
    const changed = Buffer.from(data ?? [])
    changed[20] = (changed[20] ?? 0) ^ 1
    await expect(read(`a:${a}`, [{ ...rest, data: changed }])).rejects.toThrow('or was changed since')
    await expect(read(`a:${a}`, [{ ...rest, data: Buffer.alloc(3) }])).rejects.toThrow('or was changed since')
  })
})

describe('PAYLOAD_ENCRYPTION_KEYS', () => {
  it.each([
    [`${a}`, 'must be id:key,id:key'],
    [`a:${a},a:${b}`, 'has two keys "a"'],
    ['a:c2hvcnQ=', 'The key "a" in PAYLOAD_ENCRYPTION_KEYS is not 32 bytes in base64'],
    [`a:${'?'.repeat(44)}`, 'is not 32 bytes in base64'],
  ])('is refused, and not told, when it is wrong', (setting, sentence) => {
    const refused = () => readTemporalTarget({ PAYLOAD_ENCRYPTION_KEYS: setting })
    expect(refused).toThrow(sentence)
    expect(refused).not.toThrow(setting.split(':').at(-1))
  })
})
