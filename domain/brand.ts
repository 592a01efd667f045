/** What of a client's brand guidelines shows in its films. Guidelines are free-form: what can't be read is passed over. Pure. */

export const LOGO_POSITIONS = ['top_left', 'top_right', 'bottom_left', 'bottom_right'] as const
export type LogoPosition = (typeof LOGO_POSITIONS)[number]

/** Null for what they do not say. Colours are "#rrggbb". */
export interface Brand {
  /** Of the call to action. */
  accent: string | null
  /** Of the text on it. */
  text: string | null
  /** Beside the accent. */
  secondary: string | null
  /** An image asset. */
  logoAssetId: string | null
  logoPosition: LogoPosition | null
}

/** What people call them, the closest first. */
const NAMES = {
  accent: ['cta', 'call_to_action', 'button', 'primary', 'brand', 'main', 'accent'],
  text: ['text', 'on_primary', 'foreground'],
  secondary: ['secondary', 'accent', 'highlight'],
}
const COLORS = ['colors', 'colours', 'palette', 'color', 'colour', 'brand_colors', 'brand_colours']
const LOGOS = ['logo_asset_id', 'logo_id', 'logo', 'logo_asset', 'logo_url']
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i

/**
 * Reads guidelines, such as {"colors": {"primary": "#0a7d5a", "text": "#fff"}, "logo_asset_id": "…"}.
 * @returns the brand, and the names of what looks as if it were meant for it and can't be read
 */
export function readBrand(guidelines: unknown): { brand: Brand; unread: string[] } {
  const all = fieldsOf(parsed(guidelines))
  const unread: string[] = []
  /** The first of the named fields that can be read. */
  function first<T>(named: [name: string, value: unknown][], read: (value: unknown) => T | null): T | null {
    for (const [name, value] of named) {
      const known = read(value)
      if (known !== null) return known
      unread.push(name)
    }
    return null
  }
  const color = (role: keyof typeof NAMES) => first(colorsOf(all, NAMES[role]), readColor)
  const brand = {
    accent: color('accent'),
    text: color('text'),
    secondary: color('secondary'),
    logoAssetId: first(given(all, LOGOS), readAssetId),
    logoPosition: first(given(all, ['logo_position']), readPosition),
  }
  return { brand, unread: [...new Set(unread)] }
}

/** A campaign's guidelines, where it has its own, and what they leave open from its client's. */
export function joinBrands(own: Brand, otherwise: Brand): Brand {
  return {
    // Colours belong together: a text for one accent is not for another.
    ...(own.accent ? colorsOnly(own) : colorsOnly(otherwise)),
    logoAssetId: own.logoAssetId ?? otherwise.logoAssetId,
    logoPosition: own.logoPosition ?? otherwise.logoPosition,
  }
}

const colorsOnly = ({ accent, text, secondary }: Brand) => ({ accent, text, secondary })

/** Guidelines may be JSON that was sent as text. Prose says nothing that could be read. */
function parsed(guidelines: unknown): unknown {
  if (typeof guidelines !== 'string') return guidelines
  try {
    return JSON.parse(guidelines)
  } catch {
    return null
  }
}

type Fields = Map<string, unknown>

/** The fields of an object by their names in snake_case; none for anything else. */
function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
  return new Map(Object.entries(value).map(([name, field]) => [snakeCase(name), field]))
}

const snakeCase = (name: string) =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[\s-]+/g, '_')
    .toLowerCase()

const given = (fields: Fields, names: string[]) =>
  names.flatMap((name): [string, unknown][] => (fields.get(name) == null ? [] : [[name, fields.get(name)]]))

/** From {"colors": {"primary": …}}, {"primary_color": …}, or a list of colours, the main one first. */
function colorsOf(all: Fields, names: string[]): [string, unknown][] {
  const groups = given(all, COLORS)
  const nested = groups.flatMap(([group, value]) => {
    const fields = fieldsOf(value)
    return names.flatMap((name) =>
      [name, `${name}_color`, `${name}_colour`].flatMap((spelling): [string, unknown][] =>
        fields.get(spelling) == null ? [] : [[`${group}.${spelling}`, fields.get(spelling)]],
      ),
    )
  })
  const flat = given(
    all,
    names.flatMap((name) => [`${name}_color`, `${name}_colour`]),
  )
  const listed = groups.flatMap(([group, value]): [string, unknown][] => {
    const place = names === NAMES.accent ? 0 : names === NAMES.secondary ? 1 : -1
    if (typeof value === 'string' && place === 0) return [[group, value]]
    const color = Array.isArray(value) ? value[place] : undefined
    return color == null ? [] : [[`${group}.${place}`, color]]
  })
  return [...nested, ...flat, ...listed]
}

/** "#0a7d5a", "0A7D5A", "#0a7", "rgb(10, 125, 90)", or an object with "hex" or "value". */
function readColor(value: unknown): string | null {
  if (typeof value !== 'string') {
    const fields = fieldsOf(value)
    const inner = fields.get('hex') ?? fields.get('value')
    return typeof inner === 'string' ? readColor(inner) : null
  }
  const text = value.trim().toLowerCase()
  const [, hex] = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/.exec(text) ?? []
  if (hex) return `#${hex.length === 3 ? hex.replaceAll(/./g, '$&$&') : hex}`
  const channels = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(text)?.slice(1).map(Number)
  if (!channels || channels.some((channel) => channel > 255)) return null
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

/** An id, an object with one, or our own URL of the asset. */
function readAssetId(value: unknown): string | null {
  if (typeof value === 'string') return UUID.exec(value)?.[0].toLowerCase() ?? null
  const fields = fieldsOf(value)
  for (const name of ['asset_id', 'id', 'url']) {
    const inner = fields.get(name)
    if (typeof inner === 'string') return readAssetId(inner)
  }
  return null
}

function readPosition(value: unknown): LogoPosition | null {
  const name = typeof value === 'string' ? snakeCase(value.trim()) : ''
  return LOGO_POSITIONS.find((position) => position === name) ?? null
}
