/** A plain brief for storyboards: eight photos, four scenes. Tests say what they change. */
import type { StoryboardBrief, StoryboardPhoto } from '../../domain/storyboard.ts'

export const samplePhoto = (id: string, about: Partial<StoryboardPhoto> = {}): StoryboardPhoto => ({
  id,
  name: `IMG_${id}.jpg`,
  description: null,
  tags: [],
  width: 1600,
  height: 900,
  ...about,
})

export const samplePhotos = (count: number) => Array.from({ length: count }, (_, index) => samplePhoto(`p${index}`))

export const sampleBrief = (changes: Partial<StoryboardBrief> = {}): StoryboardBrief => ({
  jobType: 'image_pairs',
  campaignName: 'Lake House',
  goal: null,
  brief: null,
  productUrl: null,
  brandGuidelines: null,
  style: null,
  musicGenre: null,
  durationSeconds: null,
  sceneCount: 4,
  clipDuration: 6,
  allowedDurations: [4, 6, 8],
  transition: 'cut',
  propertyTypes: null,
  photos: samplePhotos(8),
  ...changes,
})
