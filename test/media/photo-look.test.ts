import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bitsApart, colorLikeness, comparable, isSamePicture, PhotoLook } from '../../domain/photo-look.ts'
import { photoLook } from '../../media/photo-look.ts'
import type { MediaTools } from '../../media/tools.ts'
import { faultsOf } from '../../providers/plan/photo-faults.ts'

const PHOTOS = ['astronaut.png', 'chelsea.png', 'china.jpg', 'coffee.png', 'flower.jpg', 'rocket.jpg']
const at = (name: string) => path.join(import.meta.dirname, '../fixtures/photos', name)
const tools = {} as MediaTools

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-look-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let written = 0
async function lookAt(picture: Sharp | string): Promise<PhotoLook> {
  if (typeof picture === 'string') return photoLook(tools, { input: at(picture) })
  const input = path.join(folder, `${written++}.jpg`)
  await picture.jpeg({ quality: 90 }).toFile(input)
  return photoLook(tools, { input })
}

/** A part of a photo, as shares of its sides. */
async function part(name: string, left: number, top: number, width: number, height: number): Promise<Sharp> {
  const { width: w = 0, height: h = 0 } = await sharp(at(name)).metadata()
  const area = { left: Math.round(w * left), top: Math.round(h * top) }
  return sharp(at(name)).extract({ ...area, width: Math.floor(w * width), height: Math.floor(h * height) })
}

describe('what is computed of a photo', () => {
  it('knows it again: smaller, compressed, cut a little, lighter and darker', async () => {
    for (const name of PHOTOS) {
      const original = await lookAt(name)
      expect(PhotoLook.parse(original)).toEqual(original)
      const again = [
        sharp(at(name)).resize(300),
        sharp(await sharp(at(name)).jpeg({ quality: 40 }).toBuffer()),
        await part(name, 0.015, 0.015, 0.97, 0.97),
        sharp(at(name)).modulate({ brightness: 1.15 }),
        sharp(at(name)).modulate({ brightness: 0.85 }),
      ]
      for (const [index, variant] of again.entries()) {
        const look = await lookAt(variant)
        expect(
          isSamePicture(original, look),
          `${name}, ${index}: ${bitsApart(comparable(original), comparable(look))}`,
        ).toBe(true)
      }
    }
  })

  it('takes different photos, and different views of one place, for different', async () => {
    const looks = await Promise.all(PHOTOS.map(lookAt))
    for (const [a, one] of looks.entries())
      for (const [b, other] of looks.entries())
        expect(isSamePicture(one, other), `${PHOTOS[a]}, ${PHOTOS[b]}`).toBe(a === b)
    for (const name of PHOTOS) {
      const [left, right] = [
        await lookAt(await part(name, 0, 0, 0.7, 1)),
        await lookAt(await part(name, 0.3, 0, 0.7, 1)),
      ]
      expect(isSamePicture(left, right), name).toBe(false)
      expect(colorLikeness(left, right)).toBeGreaterThan(0.4)
    }
  })

  it('tells a blurred photo from a sharp one, whatever it shows', async () => {
    const blurred = (look: PhotoLook) => /blurred/.test(faultsOf({ ...PHOTO, look }).reason ?? '')
    for (const name of PHOTOS) {
      expect(blurred(await lookAt(name)), name).toBe(false)
      expect(blurred(await lookAt(sharp(at(name)).resize(640).blur(4))), name).toBe(true)
    }
  })

  it('knows plain pictures by their colour, and what is no picture not at all', async () => {
    const plain = (background: string) => sharp({ create: { width: 40, height: 30, channels: 3, background } })
    const [red, blue] = [await lookAt(plain('#c00')), await lookAt(plain('#00c'))]
    expect(red.sharpness).toBeNull()
    expect(isSamePicture(red, blue)).toBe(false)
    expect(isSamePicture(red, await lookAt(plain('#b00')))).toBe(true)
    expect((await lookAt(plain('#000'))).brightness).toBe(0)
    const refused = photoLook(tools, { input: import.meta.filename })
    await expect(refused).rejects.toMatchObject({ kind: 'unreadable' })
  })
})

const PHOTO = { id: 'a', name: 'a', description: null, tags: [], width: 1600, height: 900 }
