/** The models that the simulator stands in for: their input, their frames, and what they refuse. */

import { MAX_MUSIC_SECONDS } from './music/tune.ts'
import type { InvalidField } from './problems.ts'

/** MusicGen is a community model: it is bought by this version. Official models are bought by name. */
export const MUSICGEN_VERSION = '671ac645ce5e552cc63a54a2bbff63fcf798043055d2dac5fc9e36a837eedcfb'

export type Input = Record<string, unknown>

interface Field {
  type: 'string' | 'integer' | 'number' | 'boolean' | 'uri'
  required?: true
  values?: readonly (string | number)[]
  minimum?: number
  maximum?: number
  default?: string | number | boolean
}

export interface Model {
  name: string
  kind: 'video' | 'music' | 'voice'
  /** Null for an official model, which is bought by its name. */
  version: string | null
  fields: Record<string, Field>
  /** The inputs that hold the first and the last frame. */
  pictures: readonly string[]
  /** Whether the first picture's shape counts, where there is one, whatever aspect_ratio says. */
  followsPicture?: true
  /** Frames per second; 0 for sound. */
  fps: number
  /** What no single field can say. */
  refuses?: (input: Input) => InvalidField | null
}

const PROMPT: Field = { type: 'string', required: true }

function veo(name: string, options: { resolution: string; lastFrame: boolean }): Model {
  const fields: Record<string, Field> = {
    prompt: PROMPT,
    aspect_ratio: { type: 'string', values: ['16:9', '9:16'], default: '16:9' },
    duration: { type: 'integer', values: [4, 6, 8], default: 8 },
    image: { type: 'uri' },
    negative_prompt: { type: 'string' },
    resolution: { type: 'string', values: ['720p', '1080p'], default: options.resolution },
    generate_audio: { type: 'boolean', default: true },
    seed: { type: 'integer' },
  }
  const model: Model = { name, kind: 'video', version: null, fields, pictures: ['image'], fps: 24 }
  if (!options.lastFrame) return model
  return {
    ...model,
    fields: { ...fields, last_frame: { type: 'uri' } },
    pictures: ['image', 'last_frame'],
    refuses: (input) =>
      input.last_frame !== undefined && input.image === undefined
        ? { type: 'required', field: 'input', description: 'image is required with last_frame' }
        : null,
  }
}

const HAILUO: Model = {
  name: 'minimax/hailuo-02',
  kind: 'video',
  version: null,
  fields: {
    prompt: PROMPT,
    duration: { type: 'integer', values: [6, 10], default: 6 },
    resolution: { type: 'string', values: ['512p', '768p', '1080p'], default: '1080p' },
    first_frame_image: { type: 'uri' },
    last_frame_image: { type: 'uri' },
    prompt_optimizer: { type: 'boolean', default: true },
  },
  pictures: ['first_frame_image', 'last_frame_image'],
  fps: 25,
  refuses: (input) =>
    input.duration === 10 && input.resolution !== '768p'
      ? { type: 'enum', field: 'input.duration', description: '10 seconds are only available at 768p' }
      : null,
}

const HAILUO_23: Model = {
  name: 'minimax/hailuo-2.3',
  kind: 'video',
  version: null,
  fields: {
    prompt: PROMPT,
    duration: { type: 'integer', values: [6, 10], default: 6 },
    resolution: { type: 'string', values: ['768p', '1080p'], default: '768p' },
    first_frame_image: { type: 'uri' },
    prompt_optimizer: { type: 'boolean', default: true },
  },
  pictures: ['first_frame_image'],
  fps: 25,
  refuses: HAILUO.refuses,
}

const SEEDANCE: Model = {
  name: 'bytedance/seedance-1-pro',
  kind: 'video',
  version: null,
  fields: {
    prompt: PROMPT,
    image: { type: 'uri' },
    last_frame_image: { type: 'uri' },
    duration: { type: 'integer', minimum: 2, maximum: 12, default: 5 },
    resolution: { type: 'string', values: ['480p', '720p', '1080p'], default: '1080p' },
    aspect_ratio: { type: 'string', values: ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', '9:21'], default: '16:9' },
    fps: { type: 'integer', values: [24], default: 24 },
    camera_fixed: { type: 'boolean', default: false },
    seed: { type: 'integer' },
  },
  pictures: ['image', 'last_frame_image'],
  followsPicture: true,
  fps: 24,
  refuses: (input) =>
    input.last_frame_image !== undefined && input.image === undefined
      ? { type: 'required', field: 'input', description: 'image is required with last_frame_image' }
      : null,
}

const MUSICGEN: Model = {
  name: 'meta/musicgen',
  kind: 'music',
  version: MUSICGEN_VERSION,
  fields: {
    prompt: { type: 'string' },
    model_version: {
      type: 'string',
      values: ['stereo-melody-large', 'stereo-large', 'melody-large', 'large', 'encode-decode'],
      default: 'stereo-melody-large',
    },
    input_audio: { type: 'uri' },
    duration: { type: 'integer', minimum: 1, maximum: MAX_MUSIC_SECONDS, default: 8 },
    continuation: { type: 'boolean', default: false },
    continuation_start: { type: 'integer', minimum: 0, default: 0 },
    continuation_end: { type: 'integer', minimum: -1 },
    multi_band_diffusion: { type: 'boolean', default: false },
    normalization_strategy: { type: 'string', values: ['loudness', 'clip', 'peak', 'rms'], default: 'loudness' },
    top_k: { type: 'integer', default: 250 },
    top_p: { type: 'number', default: 0 },
    temperature: { type: 'number', default: 1 },
    classifier_free_guidance: { type: 'integer', default: 3 },
    output_format: { type: 'string', values: ['wav', 'mp3'], default: 'wav' },
    seed: { type: 'integer' },
  },
  pictures: [],
  fps: 0,
}

const CHATTERBOX_PRO: Model = {
  name: 'resemble-ai/chatterbox-pro',
  kind: 'voice',
  version: null,
  fields: {
    prompt: PROMPT,
    voice: {
      type: 'string',
      values: ['Luna', 'Ember', 'Hem', 'Aurora', 'Cliff', 'Josh', 'William (Whispering)', 'Orion', 'Ken'],
      default: 'Luna',
    },
    custom_voice: { type: 'string' },
    pitch: { type: 'string', values: ['x-low', 'low', 'medium', 'high', 'x-high'], default: 'medium' },
    temperature: { type: 'number', default: 0.8 },
    exaggeration: { type: 'number', default: 0.5 },
    seed: { type: 'integer' },
  },
  pictures: [],
  fps: 0,
}

export const MODELS: readonly Model[] = [
  veo('google/veo-3', { resolution: '720p', lastFrame: false }),
  veo('google/veo-3-fast', { resolution: '720p', lastFrame: false }),
  veo('google/veo-3.1', { resolution: '1080p', lastFrame: true }),
  veo('google/veo-3.1-fast', { resolution: '1080p', lastFrame: true }),
  HAILUO,
  HAILUO_23,
  SEEDANCE,
  MUSICGEN,
  CHATTERBOX_PRO,
]

/** The model with this name, or undefined. */
export function findModel(name: string): Model | undefined {
  return MODELS.find((model) => model.name === name)
}

/**
 * The model that `POST /v1/predictions` means by `version`: an official model's name, or MusicGen's version with or
 * without its name before it.
 */
export function modelOfVersion(version: string): Model | undefined {
  return MODELS.find(({ name, version: own }) =>
    own === null ? name === version : version === own || version === `${name}:${own}`,
  )
}

/** The input with the model's defaults filled in: what the model runs with. */
export function withDefaults(model: Model, input: Input): Input {
  const defaults: Input = {}
  for (const [name, field] of Object.entries(model.fields)) {
    if (field.default !== undefined) defaults[name] = field.default
  }
  return { ...defaults, ...input }
}

/** Everything that is wrong with an input, in the words of Replicate's own validator; empty when it is fine. */
export function invalidFields(model: Model, input: Input): InvalidField[] {
  const problems: InvalidField[] = []
  for (const [name, field] of Object.entries(model.fields)) {
    if (field.required && !(name in input)) {
      problems.push({ type: 'required', field: 'input', description: `${name} is required` })
    }
  }
  for (const [name, value] of Object.entries(input)) {
    const field = model.fields[name]
    const problem = field
      ? wrongValue(name, field, value)
      : {
          type: 'additional_property_not_allowed',
          field: 'input',
          description: `Additional property ${name} is not allowed`,
        }
    if (problem) problems.push(problem)
  }
  if (problems.length > 0) return problems
  const refusal = model.refuses?.(withDefaults(model, input))
  return refusal ? [refusal] : []
}

function wrongValue(name: string, field: Field, value: unknown): InvalidField | null {
  const where = `input.${name}`
  const expected = field.type === 'uri' ? 'string' : field.type
  const given = jsonType(value)
  if (given !== expected && !(expected === 'number' && given === 'integer')) {
    return { type: 'invalid_type', field: where, description: `Invalid type. Expected: ${expected}, given: ${given}` }
  }
  if (field.type === 'uri' && !URL.canParse(String(value))) {
    return { type: 'format', field: where, description: "Does not match format 'uri'" }
  }
  if (field.values && !field.values.includes(value as string | number)) {
    const list = field.values.map((item) => JSON.stringify(item)).join(', ')
    return { type: 'enum', field: where, description: `${name} must be one of the following: ${list}` }
  }
  if (field.minimum !== undefined && Number(value) < field.minimum) {
    return {
      type: 'number_gte',
      field: where,
      description: `Must be greater than or equal to ${field.minimum}`,
    }
  }
  if (field.maximum !== undefined && Number(value) > field.maximum) {
    return { type: 'number_lte', field: where, description: `Must be less than or equal to ${field.maximum}` }
  }
  return null
}

function jsonType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
