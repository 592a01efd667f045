/** The settings of a plain job: one scene of four seconds, no music. Tests spread it and say what they change. */
import type { JobSettings } from '../../domain/settings.ts'

export const SAMPLE_SETTINGS: JobSettings = {
  videoModel: 'veo3',
  quality: 'final',
  variants: 1,
  aspectRatio: '16:9',
  resolution: null,
  fps: null,
  fit: 'blur',
  transition: 'cut',
  transitionDuration: null,
  words: { title: null, price: null, callToAction: null },
  captions: 'burned',
  keepClipAudio: true,
  sceneCount: 1,
  clipDuration: 4,
  style: null,
  musicGenre: null,
  propertyTypes: null,
  music: {
    auto: false,
    merge: true,
    syncMode: 'trim',
    errorStrategy: 'continue_with_silence',
    failOnError: false,
    fadeSeconds: 1,
    prompt: null,
    model: 'meta/musicgen:671ac645ce5e552cc63a54a2bbff63fcf798043055d2dac5fc9e36a837eedcfb',
  },
  voice: { model: 'resemble-ai/chatterbox-pro', voice: null },
  maxParallelScenes: 1,
}
