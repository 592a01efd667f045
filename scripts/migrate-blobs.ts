/**
 * `npm run migrate-blobs -- --from <store> --to <store>`: copies every blob from one store to another, which is a folder or
 * an s3:// URL. It only reads the first one, and what the second one has already is not sent again.
 */
import { run } from '../runtime/main.ts'
import { migrateBlobs } from './migrate-blobs/migrate-blobs.ts'

run(() => migrateBlobs(process.argv.slice(2), console.log))
