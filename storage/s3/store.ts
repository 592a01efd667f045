/**
 * The blob store in a bucket. An object's key is prefix/ab/cd/abcd…, as a file's path is, so that any tool for S3 can copy one
 * into the other. Bytes are hashed on the local disk before they are sent: an object has its name from its first moment,
 * and what breaks off leaves parts of an upload that no key leads to (docs/decisions/0046-bytes-in-s3.md).
 */
import { rm } from 'node:fs/promises'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { BlobCache } from '../blob-cache.ts'
import { type BlobStore, HASH, keyOf, type StoredBlob } from '../blob-store.ts'
import { hashFile, writeHashed } from '../hashed-file.ts'
import { connectS3, failureOf, isMissing } from './client.ts'
import { fetchObject, openObject } from './get-object.ts'
import type { S3Location } from './location.ts'
import { abortUploads } from './unfinished-uploads.ts'
import { uploadFile } from './upload-file.ts'

/** A player asks for its ranges at the address that it was sent to first, for as long as somebody watches. */
const LINK_SECONDS = 15 * 60

interface S3StoreOptions {
  /** Where files are kept that are on their way to or from S3. */
  cache: BlobCache
  /** How much is listed at once; S3's own limit is 1,000. */
  pageSize?: number
}

export interface S3Store extends BlobStore {
  /** @throws BlobStoreDown, or an Error with one sentence when there is no such bucket */
  check(): Promise<void>
}

export function createS3Store(location: S3Location, { cache, pageSize }: S3StoreOptions): S3Store {
  const s3 = connectS3(location)
  const { client, bucket: Bucket, prefix } = s3

  const at = (hash: string) => ({ Bucket, Key: prefix + keyOf(hash) })

  /** Asks S3 something about a blob, or about none, and tells its failures in our words. */
  const asking = <T>(hash: string | null, asked: Promise<T>): Promise<T> =>
    asked.catch((error: unknown) => {
      throw failureOf(s3, hash, error)
    })

  /** Sends a file to S3. Whoever made it is likely to need it next, so it is kept here too. */
  const store = async (file: string, stored: StoredBlob, signal?: AbortSignal) => {
    await asking(null, uploadFile(s3, at(stored.hash), file, stored, signal))
    await cache.adopt(file, stored.hash)
    return stored
  }

  return {
    async check() {
      try {
        await client.send(new HeadBucketCommand({ Bucket }))
      } catch (error) {
        if (!isMissing(error)) throw failureOf(s3, null, error)
        throw new Error(`There is no bucket ${Bucket}, which ${s3.name} names: create it, or correct the URL.`)
      }
    },

    async put(source, { maxBytes, signal } = {}) {
      const file = cache.unfinished()
      try {
        return await store(file, await writeHashed(source, file, maxBytes, signal), signal)
      } finally {
        await rm(file, { force: true })
      }
    },

    putFile: async (file) => store(file, await hashFile(file)),

    open: async (hash, range) => asking(hash, openObject(s3, at(hash), hash, range)),

    async stat(hash) {
      if (!HASH.test(hash)) return null
      try {
        const { ContentLength = 0, LastModified = new Date() } = await client.send(new HeadObjectCommand(at(hash)))
        return { size: ContentLength, writtenAt: LastModified }
      } catch (error) {
        if (isMissing(error)) return null
        throw failureOf(s3, hash, error)
      }
    },

    async localFile(hash, folder) {
      const object = at(hash)
      return cache.localFile(hash, folder, (file) => asking(hash, fetchObject(s3, object, hash, file)))
    },

    async delete(hash) {
      await asking(null, client.send(new DeleteObjectCommand(at(hash))))
      await cache.forget(hash)
    },

    async *list() {
      try {
        for await (const page of paginateListObjectsV2({ client, pageSize }, { Bucket, Prefix: prefix })) {
          for (const { Key = '', Size = 0, LastModified = new Date() } of page.Contents ?? []) {
            const hash = Key.slice(-64)
            // Whatever else somebody keeps under this prefix is none of ours.
            if (HASH.test(hash) && Key === at(hash).Key) yield { hash, size: Size, writtenAt: LastModified }
          }
        }
      } catch (error) {
        throw failureOf(s3, null, error)
      }
    },

    async removeUnfinished(before) {
      const files = await cache.removeUnfinished()
      return files + (await asking(null, abortUploads(s3, before, pageSize)))
    },

    linkTo(hash, { contentType, disposition }) {
      const get = new GetObjectCommand({
        ...at(hash),
        ResponseContentType: contentType,
        ResponseContentDisposition: disposition,
      })
      return asking(hash, getSignedUrl(client, get, { expiresIn: LINK_SECONDS }))
    },

    close() {
      cache.close()
      client.destroy()
      s3.downloads.destroy()
    },
  }
}
