/** The files of the files API: uploaded by a client, named in an input by their URL. */

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { randomId } from './predictions.ts'

export interface Upload {
  id: string
  name: string
  content_type: string
  size: number
  sha256: string
  metadata: Record<string, unknown>
  created_at: string
  expires_at: string
}

const LIFETIME_MS = 24 * 3_600_000

export class Uploads {
  readonly #dir: string
  readonly #byId = new Map<string, Upload>()

  /** @param dir the simulator's folder; uploads of an earlier run that lie there are kept */
  constructor(dir: string) {
    this.#dir = path.join(dir, 'uploads')
    mkdirSync(this.#dir, { recursive: true })
    for (const name of readdirSync(this.#dir).filter((entry) => entry.endsWith('.json'))) {
      const upload = JSON.parse(readFileSync(path.join(this.#dir, name), 'utf8')) as Upload
      this.#byId.set(upload.id, upload)
    }
  }

  async add(name: string, contentType: string, bytes: Uint8Array, metadata: Upload['metadata']): Promise<Upload> {
    const now = Date.now()
    const upload: Upload = {
      id: randomId(),
      name,
      content_type: contentType,
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      metadata,
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + LIFETIME_MS).toISOString(),
    }
    await writeFile(this.#bytesOf(upload.id), bytes)
    await writeFile(path.join(this.#dir, `${upload.id}.json`), JSON.stringify(upload))
    this.#byId.set(upload.id, upload)
    return upload
  }

  get(id: string): Upload | undefined {
    return this.#byId.get(id)
  }

  /** Newest first. */
  all(): Upload[] {
    return [...this.#byId.values()].sort((a, b) => b.created_at.localeCompare(a.created_at))
  }

  read(upload: Upload): Promise<Buffer<ArrayBuffer>> {
    return readFile(this.#bytesOf(upload.id))
  }

  /** Whether there was one to delete. */
  async remove(id: string): Promise<boolean> {
    if (!this.#byId.delete(id)) return false
    await rm(this.#bytesOf(id), { force: true })
    await rm(path.join(this.#dir, `${id}.json`), { force: true })
    return true
  }

  async clear(): Promise<void> {
    for (const id of [...this.#byId.keys()]) await this.remove(id)
  }

  #bytesOf(id: string): string {
    return path.join(this.#dir, `${id}.bin`)
  }
}
