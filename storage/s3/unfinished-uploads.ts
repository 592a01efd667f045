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
export async function abortUploads(
  { client, bucket: Bucket, prefix }: S3,
  before: Date,
  pageSize?: number,
): Promise<number> {
  let aborted = 0
  let next: { KeyMarker?: string; UploadIdMarker?: string } | null = {}
  while (next) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, MaxUploads: pageSize, ...next }),
    )
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      const upload = { Bucket, Key, UploadId }
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
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page
    const hasMore = IsTruncated && (NextKeyMarker || NextUploadIdMarker)
    next = hasMore ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : null
  }
  return aborted
}

/** Of a server that does not say when an upload began (SeaweedFS). One without parts holds no bytes and stays. */
async function sentLastAt(client: S3Client, upload: { Bucket: string; Key?: string; UploadId?: string }) {
  const parts = await client.send(
    new ListPartsCommand({ ...upload, Key: upload.Key ?? '', UploadId: upload.UploadId ?? '' }),
  )
  return parts.Parts?.at(-1)?.LastModified
}
