/** Which of several pictures is worth showing: not black, not burnt out, not blurred. */
import sharp from 'sharp'

/** Pixels: enough to tell sharp from blurred. */
const JUDGED_WIDTH = 320
/** Mean brightness (0 to 255) below and above which a picture is the worse the further it goes. */
const DARK = 40
const BRIGHT = 235
/** An earlier picture is taken before a later one that is better by less than this part. */
const AS_GOOD = 0.8

/** How good a picture is: 0 for a black one, larger the sharper it is. */
export async function qualityOf(picture: Buffer | string): Promise<number> {
  const grey = sharp(picture).resize({ width: JUDGED_WIDTH, withoutEnlargement: true }).greyscale()
  // `stats` looks at the input and not at what was done to it.
  const { channels, sharpness } = await sharp(await grey.png({ compressionLevel: 0 }).toBuffer()).stats()
  const { mean = 0, stdev = 0 } = channels[0] ?? {}
  const exposure = Math.max(0, Math.min(1, (mean - 8) / DARK, (255 - mean) / (255 - BRIGHT)))
  // What is plain all over has no sharpness; of two such pictures the better exposed one is taken.
  return (sharpness + stdev / 100 + 0.01) * exposure
}

/** The place of the first picture that is as good as any, or nearly so; 0 where none is good. */
export async function bestOf(pictures: readonly (Buffer | string)[]): Promise<number> {
  const qualities: number[] = []
  for (const picture of pictures) qualities.push(await qualityOf(picture))
  const best = Math.max(...qualities)
  return Math.max(
    0,
    qualities.findIndex((quality) => quality >= AS_GOOD * best),
  )
}
