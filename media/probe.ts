import { type Demuxer, sniffDemuxer } from './demuxer.ts'
import { MediaError } from './errors.ts'
import { type PacketTimes, type Ratio, readPackets, timing } from './packets.ts'
import { runFfprobe } from './run-ffprobe.ts'
import type { MediaTools } from './tools.ts'

/** Longer is refused (seconds): an hour. The longest film, 100 scenes of 10 s, is 17 minutes. */
export const MAX_SECONDS = 3600
/** More is refused (pixels a frame): 8192 × 4320. */
export const MAX_PIXELS = 8192 * 4320

export interface VideoInfo {
  /** The stream's number in the file. */
  index: number
  /** As in "h264". */
  codec: string
  /** As in "High". */
  codecProfile: string
  /** SHA-256 of the codec's headers (H.264: its parameter sets). Streams that differ here don't concatenate well. */
  headers: string
  /** Pixels, as stored: before rotation and sar. */
  width: number
  height: number
  pixelFormat: string
  fullRange: boolean
  /** As in "bt709"; null when the file doesn't say. */
  colorPrimaries: string | null
  /** As in "bt709"; null when the file doesn't say. */
  colorMatrix: string | null
  /** As in "bt709", "smpte2084" (PQ) or "arib-std-b67" (HLG); null when the file doesn't say. */
  colorTransfer: string | null
  /** Width of a pixel against its height. */
  sar: Ratio
  /** Degrees clockwise that the picture is turned for display: 0, 90, 180 or 270. */
  rotation: number
  timebase: Ratio
  /** Exact when the frame rate is constant, else the average. */
  fps: Ratio
  /** Whether every frame lasts exactly as long as every other. */
  constantRate: boolean
  /** Counted in the file, not taken from its index. */
  frames: number
  /** When the first frame is shown (seconds). */
  startSeconds: number
  durationSeconds: number
  /** The numbers of the frames that decoding can start at, ascending. */
  keyframes: number[]
  /** The longest stretch between two keyframes. */
  gopSeconds: number
}

/** How bright colours are encoded by phones that record HDR: PQ and HLG. */
export const HDR_TRANSFERS: readonly (string | null)[] = ['smpte2084', 'arib-std-b67']

export interface AudioInfo {
  index: number
  codec: string
  /** Hz */
  sampleRate: number
  channels: number
  durationSeconds: number
}

export interface MediaInfo {
  container: Demuxer
  /** Until the last of picture and sound ends. */
  durationSeconds: number
  video?: VideoInfo
  audio?: AudioInfo
}

interface ProbedStream {
  index: number
  codec_type: string
  codec_name?: string
  profile?: string
  extradata_hash?: string
  width?: number
  height?: number
  pix_fmt?: string
  color_range?: string
  color_primaries?: string
  color_space?: string
  color_transfer?: string
  sample_aspect_ratio?: string
  avg_frame_rate?: string
  time_base: string
  sample_rate?: string
  channels?: number
  disposition?: { attached_pic?: number }
  side_data_list?: { rotation?: number }[]
}

export interface ProbeOptions {
  /** Refuse everything but this; without it the file's first bytes choose among the demuxers that are read here. */
  demuxer?: Demuxer
  signal?: AbortSignal
}

/**
 * Reads what a file holds, every packet of it included, so that the frames are exact and a file whose end is missing
 * is noticed. Throws a MediaError (unreadable) for that, for what is no video or audio, and for what is too large.
 */
export async function probe(tools: MediaTools, path: string, options: ProbeOptions = {}): Promise<MediaInfo> {
  const container = await sniffDemuxer(path)
  if (options.demuxer && options.demuxer !== container) {
    const wanted = options.demuxer === 'mov' ? 'an MP4 video' : `a ${options.demuxer} file`
    throw new MediaError('unreadable', `The file is not ${wanted} but of the kind "${container}".`)
  }
  const shown = ['-of', 'json', '-show_streams', '-show_format', '-show_data_hash', 'sha256']
  const answer = await runFfprobe(tools, path, container, shown, options.signal)
  const { streams, format } = JSON.parse(answer) as { streams: ProbedStream[]; format: { duration?: string } }
  const picture = streams.find((stream) => stream.codec_type === 'video' && !stream.disposition?.attached_pic)
  const sound = streams.find((stream) => stream.codec_type === 'audio')
  if (!picture && !sound) throw new MediaError('unreadable', 'The file holds neither picture nor sound.')
  refuseTooLarge(Number(format.duration ?? 0), picture)

  const packets = await readPackets(tools, path, container, options.signal)
  const video = picture && videoInfo(picture, packets.get(picture.index))
  const audio = sound && audioInfo(sound, packets.get(sound.index))
  const ends = [(video?.startSeconds ?? 0) + (video?.durationSeconds ?? 0), audio?.durationSeconds ?? 0]
  return { container, durationSeconds: Math.max(...ends), video, audio }
}

function refuseTooLarge(seconds: number, picture: ProbedStream | undefined): void {
  if (seconds > MAX_SECONDS) {
    const message = `The file lasts ${Math.round(seconds)} s, and ${MAX_SECONDS} s is the most that is taken. Shorten it.`
    throw new MediaError('unreadable', message)
  }
  const { width = 0, height = 0 } = picture ?? {}
  if (width * height > MAX_PIXELS) {
    const message = `The picture has ${width} × ${height} pixels, more than the ${MAX_PIXELS} that are taken. Scale it down.`
    throw new MediaError('unreadable', message)
  }
}

function videoInfo(stream: ProbedStream, packets: PacketTimes | undefined): VideoInfo {
  if (!packets) throw new MediaError('unreadable', 'The video has no frame. Fetch it again.')
  const timebase = ratio(stream.time_base)
  const range = stream.color_range ?? (stream.pix_fmt?.startsWith('yuvj') ? 'pc' : 'tv')
  const turned = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0
  const sar = ratio(stream.sample_aspect_ratio ?? '1:1')
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    codecProfile: stream.profile ?? 'unknown',
    headers: stream.extradata_hash ?? '',
    width: stream.width ?? 0,
    height: stream.height ?? 0,
    pixelFormat: stream.pix_fmt ?? 'unknown',
    fullRange: range === 'pc',
    colorPrimaries: known(stream.color_primaries),
    colorMatrix: known(stream.color_space),
    colorTransfer: known(stream.color_transfer),
    sar: sar.num > 0 && sar.den > 0 ? sar : { num: 1, den: 1 },
    // ffprobe counts counterclockwise, from -180 to 180.
    rotation: (((Math.round(-turned / 90) * 90) % 360) + 360) % 360,
    timebase,
    ...timing(packets, timebase, ratio(stream.avg_frame_rate ?? '0/1')),
  }
}

/** What a stream says of itself, or null. */
const known = (said: string | undefined) => (said && said !== 'unknown' ? said : null)

function audioInfo(stream: ProbedStream, packets: PacketTimes | undefined): AudioInfo {
  if (!packets) throw new MediaError('unreadable', 'The sound track is empty. Fetch it again.')
  const { num, den } = ratio(stream.time_base)
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    sampleRate: Number(stream.sample_rate ?? 0),
    channels: stream.channels ?? 0,
    durationSeconds: ((packets.end - packets.start) * num) / den,
  }
}

/** Reads "24000/1001" or "1:1". */
function ratio(text: string): Ratio {
  const [num = 0, den = 1] = text.split(/[/:]/).map(Number)
  return { num, den }
}
