/** Where words stand in a frame. All lengths are pixels. */

export interface Size {
  width: number
  height: number
}
export interface Box extends Size {
  left: number
  top: number
}

/** How large words may be in a frame, and how far from its edges they stay. */
export function measuresOf({ width, height }: Size) {
  const unit = Math.sqrt(width * height)
  const isUpright = height > width
  const isNarrow = height >= width
  const part = (fraction: number) => Math.max(1, Math.round(unit * fraction))
  const safe = {
    side: Math.round(width * 0.06),
    top: Math.round(height * 0.06),
    // Apps lay their own buttons over the lower end of upright videos.
    bottom: Math.round(height * (isUpright ? 0.12 : 0.075)),
  }
  const inner = width - 2 * safe.side
  const column = Math.round(inner * (isNarrow ? 1 : 0.72))
  const rows = (fraction: number) => Math.round(height * fraction)
  return {
    safe,
    gap: part(0.022),
    bar: { width: part(0.058), height: Math.max(2, part(0.0062)) },
    // All four at their largest, with a logo above them in a narrow frame, fit into the safe area.
    title: { most: part(0.074), least: part(0.02), width: column, height: rows(isNarrow ? 0.18 : 0.22) },
    price: { most: part(0.052), least: part(0.018), width: column, height: rows(0.09) },
    callToAction: {
      ...{ most: part(0.034), least: part(0.014), width: column - 2 * part(0.03), height: rows(0.1) },
      padding: { x: part(0.03), y: part(0.0175) },
    },
    caption: {
      ...{ most: part(0.035), least: part(0.014), width: Math.round(inner * 0.86), height: rows(0.15) },
      padding: { x: part(0.02), y: part(0.0125) },
    },
    logo: { width: part(0.19), height: part(0.085) },
  }
}

export type Measures = ReturnType<typeof measuresOf>

/** What stands in the frame, from top to bottom; a box around what it holds, its padding included. */
export interface Blocks {
  title?: Size
  price?: Size
  callToAction?: Size
  caption?: Size
}

export interface Placed {
  bar?: Box
  title?: Box
  price?: Box
  callToAction?: Box
  caption?: Box
}

/** Stacks the blocks from the lower safe edge up: the caption in the middle, the others at the side where reading begins. */
export function placeBlocks(frame: Size, blocks: Blocks, rightToLeft: boolean): Placed {
  const { safe, gap, bar } = measuresOf(frame)
  const placed: Placed = {}
  let bottom = frame.height - safe.bottom
  const stack = (size: Size, space: number, left: number): Box => {
    const box = { ...size, left, top: bottom - size.height }
    bottom = box.top - space
    return box
  }
  const atSide = ({ width }: Size) => (rightToLeft ? frame.width - safe.side - width : safe.side)

  const { title, price, callToAction, caption } = blocks
  if (caption) placed.caption = stack(caption, 2 * gap, Math.round((frame.width - caption.width) / 2))
  if (callToAction) placed.callToAction = stack(callToAction, Math.round(1.4 * gap), atSide(callToAction))
  if (price) placed.price = stack(price, gap, atSide(price))
  if (title) placed.title = stack(title, Math.round(1.1 * gap), atSide(title))
  if (title || price) placed.bar = stack(bar, 0, atSide(bar))
  return placed
}

/** The logo stands opposite the words, unless somebody says where. */
export function placeLogo(frame: Size, logo: Size, corner: LogoCorner | null, rightToLeft: boolean): Box {
  const { safe } = measuresOf(frame)
  const { row, side } = corner ?? { row: 'top', side: rightToLeft ? 'left' : 'right' }
  return {
    ...logo,
    left: side === 'left' ? safe.side : frame.width - safe.side - logo.width,
    top: row === 'top' ? safe.top : frame.height - safe.bottom - logo.height,
  }
}

export interface LogoCorner {
  row: 'top' | 'bottom'
  side: 'left' | 'right'
}
