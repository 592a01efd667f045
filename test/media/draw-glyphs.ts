/** Draws each text of argv[3] and prints a hash of its pixels: with our fonts, or with Inter alone (argv[2]). */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { useBundledFonts } from '../../media/words/fonts.ts'
import { fitText } from '../../media/words/text-image.ts'

const [, , fonts = '', texts = '[]', tempDir = ''] = process.argv
if (fonts === 'bundled') await useBundledFonts({ ffmpegPath: '', ffprobePath: '', tempDir })
else {
  const inter = path.dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/inter/package.json'))
  await mkdir(tempDir, { recursive: true })
  process.env.FONTCONFIG_FILE = path.join(tempDir, 'inter.conf')
  await writeFile(process.env.FONTCONFIG_FILE, `<fontconfig><dir>${inter}/500Medium</dir></fontconfig>`)
}
const hashes = []
for (const text of JSON.parse(texts) as string[]) {
  const style = { weight: 'Medium', color: [255, 255, 255], align: 'left' } as const
  const { data } = await fitText(text, style, { most: 40, least: 40, width: 900, height: 200 })
  hashes.push(createHash('sha256').update(data).digest('hex'))
}
console.log(JSON.stringify(hashes))
