/**
 * Reads what ffprobe writes of packets, a line each: `index|pts|duration|flags`. By hand, because an hour of sound has
 * half a million of them: an expression that matches each line left dozens of megabytes for the collector.
 */

const [BAR, NEWLINE, MINUS, ZERO, NINE, K, D] = [124, 10, 45, 48, 57, 75, 68]

/** Times are in ticks; NaN is one that the file doesn't say. */
export interface Packet {
  index: number
  time: number
  duration: number
  isKeyframe: boolean
  /** False when a player decodes it and never shows it. */
  isShown: boolean
}

/** Yields the same object again and again. */
export function* packetsIn(lines: string): Generator<Packet> {
  const packet = { index: 0, time: 0, duration: 0, isKeyframe: false, isShown: true }
  let at = 0
  const isInField = () => at < lines.length && lines.charCodeAt(at) !== BAR && lines.charCodeAt(at) !== NEWLINE
  const passBar = () => lines.charCodeAt(at) === BAR && at++
  const number = () => {
    const sign = lines.charCodeAt(at) === MINUS ? -1 : 1
    if (sign < 0) at++
    let value = isInField() ? 0 : Number.NaN
    for (; isInField(); at++) {
      const code = lines.charCodeAt(at)
      value = code >= ZERO && code <= NINE ? value * 10 + (code - ZERO) : Number.NaN
    }
    passBar()
    return sign * value
  }
  while (at < lines.length) {
    packet.index = number()
    packet.time = number()
    packet.duration = number()
    packet.isKeyframe = false
    packet.isShown = true
    for (; isInField(); at++) {
      packet.isKeyframe ||= lines.charCodeAt(at) === K
      packet.isShown &&= lines.charCodeAt(at) !== D
    }
    yield packet
    const end = lines.indexOf('\n', at)
    at = end < 0 ? lines.length : end + 1
  }
}
