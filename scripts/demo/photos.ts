/** Puts the demo's photographs into a campaign, as a frontend would. */
import { openAsBlob } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { answerOf, type Greenlight } from '../../client/index.ts'

const folder = path.join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'photos')

/** What a user would write under them. */
const DESCRIPTIONS: Record<string, string> = {
  'astronaut.png': 'An astronaut in an orange suit smiles before a flag and a model of the shuttle',
  'chelsea.png': 'A tabby cat looks straight into the camera',
  'china.jpg': 'A temple with red walls and golden roofs under a blue sky',
  'coffee.png': 'A cup of espresso and a spoon on a wooden table',
  'flower.jpg': 'A red dahlia in full bloom',
  'hubble_deep_field.jpg': 'Thousands of galaxies in deep space',
  'rocket.jpg': 'A rocket on its pad at night, about to launch',
}

export async function loadPhotos(api: Greenlight): Promise<{ campaignId: string; photos: number }> {
  const { data: client } = await answerOf(api.clients.$post({ json: { name: 'Aurora Travel' } }))
  const wish = {
    client_id: client.id,
    name: 'Worlds to see',
    goal: 'Make people want to book a journey',
    brief: 'From a morning coffee to the edge of the universe: warm, curious, a little playful.',
  }
  const { data: campaign } = await answerOf(api.campaigns.$post({ json: wish }))
  const files = (await readdir(folder)).filter((name) => name in DESCRIPTIONS)
  for (const name of files.sort()) {
    const file = new File([await openAsBlob(path.join(folder, name))], name)
    const description = DESCRIPTIONS[name] ?? ''
    await answerOf(api.assets.$post({ form: { campaign_id: campaign.id, description, file } }))
  }
  return { campaignId: campaign.id, photos: files.length }
}
