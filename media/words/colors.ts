/** Colours by their sRGB channels, 0 to 255, and whether people can tell them apart. */

export type Rgb = readonly [red: number, green: number, blue: number]

export const WHITE: Rgb = [255, 255, 255]
/** A little softer than black. */
export const INK: Rgb = [17, 19, 24]

/** Of text and its ground: WCAG 2.2's level AA for large text, which all words on a picture are. */
export const READABLE_CONTRAST = 3

/** "#rgb" or "#rrggbb". @throws TypeError for anything else */
export function parseHex(color: string): Rgb {
  const [, short] = /^#([0-9a-f]{3})$/i.exec(color) ?? []
  const digits = short ? short.replaceAll(/./g, '$&$&') : /^#([0-9a-f]{6})$/i.exec(color)?.[1]
  if (!digits) throw new TypeError(`${color} is not a colour like #1a2b3c.`)
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as unknown as Rgb
}

export const css = ([red, green, blue]: Rgb) => `rgb(${red},${green},${blue})`

/** From 1, for the same colour, to 21 (WCAG 2.2). */
export function contrast(one: Rgb, other: Rgb): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

/** The wanted colour of text where it can be read on this ground, else white or ink, whichever can be read better. */
export function textOn(ground: Rgb, wanted: Rgb | null): Rgb {
  if (wanted && contrast(ground, wanted) >= READABLE_CONTRAST) return wanted
  return contrast(ground, WHITE) >= contrast(ground, INK) ? WHITE : INK
}

/** Relative, from 0 for black to 1 for white. */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}
