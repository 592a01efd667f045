/** The part that is used here; the package brings no types. */
declare module 'music-tempo' {
  interface Params {
    /** Samples. */
    bufferSize?: number
    /** Samples; 10 ms of them, or `timeStep` must say otherwise. */
    hopSize?: number
  }
  /** Throws a string where there is no tempo to be found. */
  export default class MusicTempo {
    constructor(mono: Float32Array, params?: Params)
    /** Seconds. */
    readonly beats: number[]
    /** How much the spectrum grew, each 10 ms. */
    readonly spectralFlux: number[]
  }
}
