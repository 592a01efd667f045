/** What predictions put out: files with unguessable names, which vanish after a while. */

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { copyFile, link, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

const FILE_NAME = /^[a-z0-9]+\.(mp4|mp3|wav)$/

export class Outputs {
  readonly #dir: string

  /** @param dir the simulator's folder; outputs of an earlier run that lie there are still served */
  constructor(dir: string) {
    this.#dir = path.join(dir, 'out')
    mkdirSync(this.#dir, { recursive: true })
    for (const entry of readdirSync(this.#dir, { withFileTypes: true })) {
      // Where a simulator that was killed was rendering.
      if (entry.isDirectory()) rmSync(path.join(this.#dir, entry.name), { recursive: true })
    }
  }

  /** A new name and the path where its bytes are to be written. */
  reserve(extension: string): { name: string; file: string } {
    const name = `${randomBytes(20).toString('hex')}.${extension}`
    return { name, file: path.join(this.#dir, name) }
  }

  /** Puts a file among the outputs under a new name, and returns that; linked where the disk allows it. */
  async add(source: string): Promise<string> {
    const { name, file } = this.reserve(path.extname(source).slice(1))
    await link(source, file).catch(() => copyFile(source, file))
    return name
  }

  /** The path of an output, or null when there is none of that name (any more). */
  find(name: string): string | null {
    if (!FILE_NAME.test(name)) return null
    const file = path.join(this.#dir, name)
    return existsSync(file) ? file : null
  }

  /** Leaves only the first half of an output (in a new file: this one may be linked elsewhere). */
  async truncate(name: string): Promise<void> {
    const file = path.join(this.#dir, name)
    const bytes = await readFile(file)
    await rm(file)
    await writeFile(file, bytes.subarray(0, Math.floor(bytes.length / 2)))
  }

  async remove(name: string): Promise<void> {
    await rm(path.join(this.#dir, name), { force: true })
  }

  async clear(): Promise<void> {
    // A clip may be written at this very moment.
    await rm(this.#dir, { recursive: true, force: true, maxRetries: 10 })
    mkdirSync(this.#dir, { recursive: true })
  }
}
