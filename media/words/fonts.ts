/**
 * The fonts, all of them npm packages, so that words look the same on every machine. What none of them covers may come
 * from fonts that the machine has. docs/decisions/0031-words-drawn-as-pictures.md names their licences.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { MediaTools } from '../tools.ts'

const require = createRequire(import.meta.url)
const packageFolder = (name: string) => dirname(require.resolve(`${name}/package.json`))
const google = (name: string, ...weights: string[]) =>
  weights.map((weight) => join(packageFolder(`@expo-google-fonts/${name}`), weight))

/** In the order in which they are asked for a character. Latin, Greek and Cyrillic are Inter's. */
const FAMILIES = [
  'Inter',
  'Noto Sans Arabic',
  'Noto Sans Hebrew',
  'Noto Sans Devanagari',
  'Noto Sans Bengali',
  'Noto Sans Tamil',
  'Noto Sans Telugu',
  'Noto Sans Thai',
]
const EAST_ASIAN = { chinese: 'Noto Sans S Chinese', japanese: 'BIZ UDPGothic', korean: 'NanumGothic' }
const EMOJI = 'Noto Color Emoji'
const REST = 'DejaVu Sans'

/** Folders with font files; other weights that lie in them do no harm. */
const FOLDERS = () => [
  ...google('inter', '500Medium', '600SemiBold', '700Bold'),
  ...['arabic', 'hebrew', 'devanagari', 'bengali', 'tamil', 'telugu', 'thai'].flatMap((script) =>
    google(`noto-sans-${script}`, '500Medium', '700Bold'),
  ),
  // Its package.json may not be asked for.
  join(dirname(require.resolve('@embedpdf/fonts-sc')), '..', 'fonts'),
  ...google('biz-udpgothic', '700Bold'),
  ...google('nanum-gothic', '700Bold'),
  ...google('noto-color-emoji', '400Regular'),
  join(packageFolder('dejavu-fonts-ttf'), 'ttf'),
]
/** Of the machine itself; those that are not there are passed over. */
const MACHINE_FOLDERS = ['/usr/share/fonts', '/usr/local/share/fonts', '/System/Library/Fonts', '/Library/Fonts']

/**
 * The families for a text, as Pango takes them. Chinese, Japanese and Korean share code points that they draw
 * differently: kana and hangul tell whose they are.
 */
export function familiesFor(text: string): string {
  const { chinese, japanese, korean } = EAST_ASIAN
  const eastAsian = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)
    ? [japanese, chinese, korean]
    : /\p{Script=Hangul}/u.test(text)
      ? [korean, chinese, japanese]
      : [chinese, japanese, korean]
  return [...FAMILIES, ...eastAsian, REST, EMOJI].join(',')
}

let pointed: Promise<void> | undefined

/**
 * Points fontconfig at them. It reads its configuration once a process, at the first text: so before that, and from the
 * environment, which is where it looks.
 */
export function useBundledFonts(tools: MediaTools): Promise<void> {
  pointed ??= writeConfiguration(resolve(tools.tempDir, 'fonts'))
  return pointed
}

async function writeConfiguration(folder: string): Promise<void> {
  const directories = [...FOLDERS(), ...MACHINE_FOLDERS].map((path) => `<dir>${escapeXml(path)}</dir>`)
  const configuration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  ${directories.join('\n  ')}
  <cachedir>${escapeXml(join(folder, 'cache'))}</cachedir>
  <alias binding="strong"><family>emoji</family><prefer><family>${EMOJI}</family></prefer></alias>
</fontconfig>
`
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'fonts.conf')
  await writeFile(file, configuration)
  process.env.FONTCONFIG_FILE = file
}

/** For text between tags, and for Pango's markup. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
