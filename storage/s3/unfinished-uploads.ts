/** Uploads in parts that a crash left: they are kept, and paid for, until somebody aborts them. */
import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  NoSuchUpload,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { S3 } from './client.ts'

/**
 * Aborts those that were begun before then; another process may just be sending the others.
 * @param pageSize how many are listed at once; S3's own limit is 1,000
 * @returns how many
 */
export async function abortUploads(s3: S3, before: Date, pageSize?: number): Promise<number> {
  const { client } = s3
  let aborted = 0
  // Listed to the end first: not every server goes on behind one that is gone.
  for (const { Initiated, ...upload } of await uploadsIn(s3, pageSize)) {
    try {
      const begunAt = Initiated ?? (await sentLastAt(client, upload))
      if (!begunAt || begunAt > before) continue
      await client.send(new AbortMultipartUploadCommand(upload))
      aborted++
    } catch (error) {
      // It was finished, or another process was faster.
      if (!(error instanceof NoSuchUpload)) throw error
    }
  }
  return aborted
}

interface UploadName {
  Bucket: string
  Key: string
  UploadId: string
}

async function uploadsIn({ client, bucket: Bucket, prefix }: S3, pageSize?: number) {
  const uploads: (UploadName & { Initiated?: Date })[] = []
  let next: { KeyMarker?: string; UploadIdMarker?: string } | null = {}
  while (next) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, MaxUploads: pageSize, ...next }),
    )
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key && UploadId) uploads.push({ Bucket, Key, UploadId, Initiated })
    }
    next = page.IsTruncated ? markerOf(page) : null
  }
  return uploads
}

/**
 * Both markers together are what S3 takes; versitygw 1.8 refuses the second, and SeaweedFS gives no first. With the first alone
 * further uploads of the page's last key are left out, which the next tidy finds.
 */
function markerOf({ NextKeyMarker, NextUploadIdMarker }: ListMultipartUploadsCommandOutput) {
  if (NextKeyMarker) return { KeyMarker: NextKeyMarker }
  return NextUploadIdMarker ? { UploadIdMarker: NextUploadIdMarker } : null
}

/** Of a server that does not say when an upload began (SeaweedFS). One without parts holds no bytes and stays. */
async function sentLastAt(client: S3Client, upload: UploadName): Promise<Date | undefined> {
  return (await client.send(new ListPartsCommand(upload))).Parts?.at(-1)?.LastModified
}
