/** A trace as a waterfall, in SVG: who called whom, when, and for how long. */
import type { ReceivedSpan } from '../support/span-receiver.ts'

const WIDTH = 1280
const LABELS = 430
const ROW = 17
/** The title, and under it the times. */
const TOP = 50

interface Row {
  span: ReceivedSpan
  depth: number
}

/** @param spans of one trace */
export function drawTrace(spans: ReceivedSpan[], title: string): string {
  const rows = inOrder(spans)
  const begin = Math.min(...spans.map((span) => milliseconds(span.startTimeUnixNano)))
  const length = Math.max(...spans.map((span) => milliseconds(span.endTimeUnixNano))) - begin
  const x = (time: number) => LABELS + ((WIDTH - LABELS - 70) * (time - begin)) / length
  const height = TOP + rows.length * ROW + 8
  const ticks = Array.from({ length: 6 }, (_, n) => begin + (length * n) / 5)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="DejaVu Sans, sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="20" font-size="13" font-weight="bold" fill="#1f2430">${escaped(title)}</text>
${ticks
  .map(
    (time) =>
      `<line x1="${x(time)}" x2="${x(time)}" y1="${TOP - 6}" y2="${height}" stroke="#e3e6ee"/><text x="${x(time) + 3}" y="${TOP - 8}" fill="#6b7280">${((time - begin) / 1000).toFixed(1)} s</text>`,
  )
  .join('\n')}
${rows.map((row, n) => bar(row, TOP + n * ROW, x)).join('\n')}
</svg>`
}

function bar({ span, depth }: Row, y: number, x: (time: number) => number): string {
  const [from, to] = [milliseconds(span.startTimeUnixNano), milliseconds(span.endTimeUnixNano)]
  const width = Math.max(2, x(to) - x(from))
  const took = to - from >= 1000 ? `${((to - from) / 1000).toFixed(2)} s` : `${Math.round(to - from)} ms`
  return `<text x="${8 + depth * 14}" y="${y + 11}" fill="#1f2430">${escaped(labelOf(span))}</text>
<rect x="${x(from)}" y="${y + 2}" width="${width}" height="${ROW - 6}" rx="2" fill="${colorOf(span.name)}"/>
<text x="${x(from) + width + 4}" y="${y + 11}" fill="#6b7280">${took}</text>`
}

/** Each under its parent, by time. */
function inOrder(spans: ReceivedSpan[], parent?: string, depth = 0): Row[] {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const children = spans.filter(
    ({ parentSpanId }) => (known.has(parentSpanId ?? '') ? parentSpanId : '') === (parent ?? ''),
  )
  return children
    .sort((a, b) => milliseconds(a.startTimeUnixNano) - milliseconds(b.startTimeUnixNano))
    .flatMap((span) => [{ span, depth }, ...inOrder(spans, span.spanId, depth + 1)])
}

function labelOf({ name, attributes }: ReceivedSpan): string {
  const task = attributes.find(({ key }) => key === 'ffmpeg.task')?.value.stringValue
  return task ? `${name}: ${task}`.slice(0, 62) : name
}

function colorOf(name: string): string {
  if (name.startsWith('provider')) return '#d97706'
  if (name === 'ffmpeg') return '#059669'
  if (name.startsWith('media')) return '#a7dcc8'
  if (name.startsWith('RunActivity')) return '#6366f1'
  return name.startsWith('POST') ? '#be185d' : '#c3c6dd'
}

const milliseconds = (nanoseconds: string) => Number(BigInt(nanoseconds) / 1000n) / 1000
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
