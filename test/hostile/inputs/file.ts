/** Files that are not what they seem, and files that unfold. */
import { jpeg, mp4, png, wav } from '../../api/sample-files.ts'
import { formHeaders, formOf } from '../form.ts'
import type { HostileClass, HostileInput } from '../hostile-input.ts'
import {
  DISGUISED_PLAYLIST,
  endlessWav,
  gzipBomb,
  headOf,
  lyingJpeg,
  lyingPng,
  mp4WithoutIndex,
  noisyMp4,
  PLAYLIST,
  pixelBomb,
  SVG,
  stuckAsf,
} from './bad-files.ts'

const upload = (
  kind: HostileClass,
  name: string,
  filename: string,
  bytes: () => Buffer | Promise<Buffer>,
  says: string,
): HostileInput => ({
  class: kind,
  name,
  to: 'POST /api/v3/assets',
  status: 400,
  says,
  send: async () => ({
    method: 'POST',
    path: '/api/v3/assets',
    headers: formHeaders,
    body: formOf(await bytes(), `filename="${filename}"`),
  }),
})
const file = (name: string, filename: string, bytes: () => Buffer | Promise<Buffer>, says = NEITHER) =>
  upload('file', name, filename, bytes, says)
const bomb = (name: string, filename: string, bytes: () => Buffer | Promise<Buffer>, says: string) =>
  upload('bomb', name, filename, bytes, says)

const NEITHER = 'neither an image nor a video nor audio'
const text = (content: string) => () => Buffer.from(content)
const UNREADABLE = "The picture can't be read"

export const files: HostileInput[] = [
  file('an SVG named .png', 'logo.png', () => SVG),
  file('an SVG with an XML declaration', 'logo.png', () => Buffer.concat([Buffer.from('<?xml version="1.0"?>'), SVG])),
  file('a playlist named .mp4', 'film.mp4', () => PLAYLIST),
  file('a playlist that begins like an MP4', 'film.mp4', () => DISGUISED_PLAYLIST, 'The file'),
  file('a list for concatenation named .mp4', 'film.mp4', text('ffconcat version 1.0\nfile /etc/passwd\n')),
  file('a page named .jpg', 'photo.jpg', text('<!doctype html><script>alert(1)</script>')),
  file('a PDF named .jpg', 'photo.jpg', text('%PDF-1.7\n1 0 obj\n'), 'neither an image'),
  file('a script named .png', 'photo.png', text('#!/bin/sh\nrm -rf /\n')),
  file('PostScript named .jpg', 'photo.jpg', text('%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n'), 'neither an image'),
  file(
    'ImageMagick commands named .jpg',
    'photo.jpg',
    text('push graphic-context\nimage over 0,0 0,0 "/etc/passwd"\n'),
  ),
  file('nothing', 'photo.jpg', () => Buffer.alloc(0)),
  file('NULs', 'photo.jpg', () => Buffer.alloc(1000)),
  file('the first 300 bytes of a JPEG', 'photo.jpg', () => headOf(jpeg(), 300), UNREADABLE),
  file('the first 600 bytes of a PNG', 'photo.png', () => headOf(png(400, 300), 600), UNREADABLE),
  file('half a JPEG', 'photo.jpg', async () => (await jpeg(800, 600)).subarray(0, -1500), UNREADABLE),
  file('the first 1,500 bytes of an MP4', 'film.mp4', () => headOf(mp4(), 1500), 'The file'),
  file('an MP4 without its index', 'film.mp4', mp4WithoutIndex, 'moov atom not found'),
  file('an MP4 whose pictures are noise', 'film.mp4', noisyMp4, 'ffmpeg could not make a thumbnail'),
  file('the head of a WAV', 'sound.wav', () => headOf(wav(), 44), 'The'),
  file('an ASF whose object has no size', 'film.wmv', stuckAsf, 'The file'),
  file(
    'a Windows program named .mp4',
    'film.mp4',
    () => Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500)]),
    'neither an image',
  ),

  bomb('a pixel bomb: a PNG of 30,000 × 30,000 pixels in 110 KB', 'photo.png', pixelBomb, '30000 × 30000 pixels'),
  bomb('a PNG that claims 60,000 × 50,000 pixels', 'photo.png', lyingPng, '60000 × 50000 pixels'),
  bomb('a JPEG that claims 65,500 × 65,500 pixels', 'photo.jpg', lyingJpeg, '65500 × 65500 pixels'),
  bomb('a WAV of 4,000 s in 4 KB', 'sound.wav', endlessWav, 'lasts 4000 s'),
  bomb('100 MB of NULs as gzip', 'photo.jpg', gzipBomb, 'neither an image'),
]
