/** Puts the demo's photographs into a campaign, as a frontend would. */
import { openAsBlob } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { DemoClient } from './client.ts'

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

export async function loadPhotos(api: DemoClient): Promise<{ campaignId: string; photos: number }> {
  const client = await api.create('/clients', { name: 'Aurora Travel' })
  const campaign = await api.create('/campaigns', {
    client_id: client.id,
    name: 'Worlds to see',
    goal: 'Make people want to book a journey',
    brief: 'From a morning coffee to the edge of the universe: warm, curious, a little playful.',
  })
  const files = (await readdir(folder)).filter((name) => name in DESCRIPTIONS)
  for (const name of files.sort()) {
    const form = new FormData()
    form.set('campaign_id', campaign.id)
    form.set('description', DESCRIPTIONS[name] ?? '')
    form.set('file', await openAsBlob(path.join(folder, name)), name)
    await api.create('/assets', form)
  }
  return { campaignId: campaign.id, photos: files.length }
}
