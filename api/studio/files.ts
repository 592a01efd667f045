/** The studio's scripts, styles and fonts: those of web/, and of the library and the typeface that they use, as a browser asks for them. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'

const WEB = path.join(import.meta.dirname, '..', '..', 'web')
// The library exports its browser files under conditions that Node does not have.
const LIBRARY = path.join(path.dirname(createRequire(import.meta.url).resolve('lit-html')), '..')
/** Of the library, what the studio imports, and what that imports. */
const LIBRARY_FILES = ['lit-html.js', 'directive.js', 'directive-helpers.js', 'directives/repeat.js']
const FONTS = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@fontsource-variable/inter/package.json')),
  'files',
)
const FONT_FILES = ['inter-latin-wght-normal.woff2', 'inter-latin-ext-wght-normal.woff2']
/** Of web/styles, in this order one file: what comes later wins. */
const STYLES = [
  ...['base', 'frame', 'controls', 'board', 'dialogs', 'job', 'storyboard', 'progress', 'film', 'scene-form'],
  ...['new-film', 'notes'],
]
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface StudioFile {
  type: string
  bytes: Uint8Array<ArrayBuffer>
  /** Of a script: what it cannot begin without. */
  imports: string[]
  /** With Brotli; packed when it is first asked for. Null for what is packed as it is. */
  packed: (() => Promise<Uint8Array<ArrayBuffer>>) | null
}

export interface StudioFiles {
  /** Part of every file's URL: other files have other URLs, so a browser may keep them for ever. */
  version: string
  /** By their names, such as "pages/board.js". */
  byName: Map<string, StudioFile>
}

let read: Promise<StudioFiles> | undefined

/** Read once a process. */
export function studioFiles(): Promise<StudioFiles> {
  read ??= readFiles()
  return read
}

async function readFiles(): Promise<StudioFiles> {
  const own = (await readdir(WEB, { recursive: true })).filter((name) => ['.js', '.svg'].includes(path.extname(name)))
  const named = [
    ...own.map((name) => ({ name: name.split(path.sep).join('/'), files: [path.join(WEB, name)] })),
    { name: 'studio.css', files: STYLES.map((name) => path.join(WEB, 'styles', `${name}.css`)) },
    ...LIBRARY_FILES.map((name) => ({ name: `lit-html/${name}`, files: [path.join(LIBRARY, name)] })),
    ...FONT_FILES.map((name) => ({ name: `fonts/${name}`, files: [path.join(FONTS, name)] })),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const hash = createHash('sha256')
  const byName = new Map<string, StudioFile>()
  for (const { name, files } of named) {
    const bytes = new Uint8Array(Buffer.concat(await Promise.all(files.map((file) => readFile(file)))))
    hash.update(name).update(bytes)
    let packed: Promise<Uint8Array<ArrayBuffer>> | undefined
    byName.set(name, {
      type: TYPES[path.extname(name)] ?? '',
      bytes,
      imports: name.endsWith('.js') ? importsOf(name, Buffer.from(bytes).toString()) : [],
      packed: name.endsWith('.woff2')
        ? null
        : () => {
            packed ??= pack(bytes)
            return packed
          },
    })
  }
  return { version: hash.digest('hex').slice(0, 16), byName }
}

function importsOf(name: string, script: string): string[] {
  const named = [...script.matchAll(/(?:\bfrom|^import|;import)\s*["'](\.[^"']+)["']/gm)]
  return named.map(([, at = '']) => path.posix.join(path.posix.dirname(name), at))
}

/** These scripts, and whatever they import: a browser that is told of all at once asks for all at once. */
export function withImports({ byName }: StudioFiles, names: string[]): string[] {
  const all = new Set<string>()
  const add = (name: string) => {
    if (all.has(name)) return
    all.add(name)
    byName.get(name)?.imports.forEach(add)
  }
  names.forEach(add)
  return [...all]
}

async function pack(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
  return new Uint8Array(await promisify(brotliCompress)(bytes, { params }))
}
