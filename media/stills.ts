/** Which of several pictures is worth showing: not black, not burnt out, not blurred. */
import sharp, { type Sharp } from 'sharp'

/** Pixels: enough to tell sharp from blurred. */
export const JUDGED_WIDTH = 240
/** Mean brightness (0 to 255) below and above which a picture is the worse the further it goes. */
const DARK = 40
const BRIGHT = 235
/** An earlier picture is taken before a later one that is better by less than this part. */
const AS_GOOD = 0.8

/** How good a picture is: 0 for a black one, a little for a white one, larger the sharper it is. */
async function qualityOf(picture: Sharp): Promise<number> {
  const grey = picture.resize({ width: JUDGED_WIDTH, withoutEnlargement: true }).greyscale().toColourspace('b-w').raw()
  const { data, info } = await grey.toBuffer({ resolveWithObject: true })
  // Of a picture of its own: `stats` looks at the input and not at what was done to it.
  const raw = { width: info.width, height: info.height, channels: info.channels }
  const { channels, sharpness } = await sharp(data, { raw }).stats()
  const { mean = 0, stdev = 0 } = channels[0] ?? {}
  const exposure = Math.max(0, Math.min(1, (mean - 8) / DARK, (256 - mean) / (256 - BRIGHT)))
  // What is plain all over has no sharpness; of two such pictures the better exposed one is taken.
  return (sharpness + stdev / 100 + 0.01) * exposure
}

/** The place of the first picture that is as good as any, or nearly so; 0 where none is good. */
export async function bestOf(pictures: readonly Sharp[]): Promise<number> {
  const qualities: number[] = []
  for (const picture of pictures) qualities.push(await qualityOf(picture))
  const best = Math.max(...qualities)
  return Math.max(
    0,
    qualities.findIndex((quality) => quality >= AS_GOOD * best),
  )
}
