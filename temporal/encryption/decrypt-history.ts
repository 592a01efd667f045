/** A history in the clear, for a file that is replayed without keys. */
import type { Payload, PayloadCodec } from '@temporalio/common'
import type { History } from '@temporalio/common/lib/proto-utils.js'

/** @returns the history with every payload in it decoded, in place */
export async function decryptHistory(history: History, codecs: PayloadCodec[]): Promise<History> {
  await decodeWithin(history, codecs)
  return history
}

/** Payloads stand in arguments, results, details of failures, markers of local activities and summaries: at any depth. */
async function decodeWithin(node: unknown, codecs: PayloadCodec[]): Promise<void> {
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return
  if (isPayload(node)) {
    let decoded = [node]
    for (const codec of codecs) decoded = await codec.decode(decoded)
    Object.assign(node, decoded[0])
    return
  }
  for (const child of Object.values(node)) await decodeWithin(child, codecs)
}

const isPayload = (node: object): node is Payload =>
  'metadata' in node && 'data' in node && node.metadata !== null && ArrayBuffer.isView(node.data)
