import type { Demuxer } from './demuxer.ts'
import { packetsIn } from './packet-lines.ts'
import { runFfprobe } from './run-ffprobe.ts'
import type { MediaTools } from './tools.ts'

export interface Ratio {
  num: number
  den: number
}

/** When a stream's packets are shown, in ticks of its timebase. */
export interface PacketTimes {
  /** One a packet, in the order of showing. */
  times: number[]
  keyframes: number[]
  start: number
  end: number
}

/**
 * Reads every packet of a file. A stream without packets is missing from the map. Packets that a player decodes but
 * never shows (an edit list cuts them off, or they prime the decoder) are left out.
 */
export async function readPackets(
  tools: MediaTools,
  path: string,
  demuxer: Demuxer,
  signal?: AbortSignal,
): Promise<Map<number, PacketTimes>> {
  const shown = ['-of', 'compact=p=0:nk=1', '-show_entries', 'packet=stream_index,pts,duration,flags']
  const lines = await runFfprobe(tools, path, demuxer, shown, signal)
  const streams = new Map<number, PacketTimes>()
  for (const { index, time, duration, isShown, isKeyframe } of packetsIn(lines)) {
    if (!isShown || Number.isNaN(time)) continue
    const stream = streams.get(index) ?? { times: [], keyframes: [], start: Infinity, end: -Infinity }
    stream.times.push(time)
    if (isKeyframe) stream.keyframes.push(time)
    stream.start = Math.min(stream.start, time)
    stream.end = Math.max(stream.end, time + (duration || 0))
    streams.set(index, stream)
  }
  for (const stream of streams.values()) stream.times.sort((a, b) => a - b)
  return streams
}

/** What the packets of a picture say of its frames. `averageFps` stands in where the frame rate is not constant. */
export function timing(packets: PacketTimes, timebase: Ratio, averageFps: Ratio) {
  const { times, start, end } = packets
  const seconds = (ticks: number) => (ticks * timebase.num) / timebase.den
  const step = (times[1] ?? end) - start
  const constantRate = step > 0 && times.every((time, index) => time === start + index * step)
  const borders = [...packets.keyframes, end].sort((a, b) => a - b)
  const numbers = new Map(times.map((time, index) => [time, index]))
  const gop = borders.reduce((longest, border, index) => Math.max(longest, border - (borders[index - 1] ?? border)), 0)
  return {
    fps: constantRate ? reduced({ num: timebase.den, den: timebase.num * step }) : averageFps,
    constantRate,
    frames: times.length,
    keyframes: packets.keyframes.flatMap((time) => numbers.get(time) ?? []).sort((a, b) => a - b),
    startSeconds: seconds(start),
    durationSeconds: seconds(end - start),
    gopSeconds: seconds(gop),
  }
}

function reduced({ num, den }: Ratio): Ratio {
  let [a, b] = [num, den]
  while (b > 0) [a, b] = [b, a % b]
  return { num: num / a, den: den / a }
}
