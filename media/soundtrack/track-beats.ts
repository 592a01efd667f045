/** A worker thread, because following the beat of a minute takes a second in which nothing else would run. */
import { parentPort, workerData } from 'node:worker_threads'
import MusicTempo from 'music-tempo'
import { SAMPLE_RATE } from '../profile.ts'
import { CHANNELS, readWav } from './wav.ts'

export interface Beat {
  /** Seconds. */
  time: number
  /** How much new sounds with it. */
  strength: number
}

/** Every second sample is enough to hear a beat. */
const STEP = 2
const HOP_SECONDS = 0.01

// The path of a WAV of ours.
parentPort?.postMessage(beatsOf(mono(await readWav(workerData as string))))

function beatsOf(sound: Float32Array): Beat[] {
  try {
    const { beats, spectralFlux } = new MusicTempo(sound, {
      bufferSize: 1024,
      hopSize: (SAMPLE_RATE / STEP) * HOP_SECONDS,
    })
    return beats.map((time) => {
      const hop = Math.round(time / HOP_SECONDS)
      return { time, strength: Math.max(...spectralFlux.slice(Math.max(0, hop - 3), hop + 4)) }
    })
  } catch {
    // It throws where it finds no tempo.
    return []
  }
}

function mono(sound: Int16Array): Float32Array {
  const result = new Float32Array(Math.floor(sound.length / (CHANNELS * STEP)))
  for (let i = 0; i < result.length; i++) {
    let sum = 0
    for (let j = 0; j < CHANNELS * STEP; j++) sum += sound[i * CHANNELS * STEP + j] ?? 0
    result[i] = sum / (CHANNELS * STEP * 0x8000)
  }
  return result
}
