import { expect, it } from 'vitest'
import { filmProfile } from '../../providers/film-profile.ts'

const asked = {
  quality: 'final',
  videoModel: 'veo3',
  aspectRatio: '16:9',
  resolution: null,
  fps: null,
  fit: 'blur',
} as const

it('is what the model makes, unless something else is asked for', () => {
  expect(filmProfile(asked)).toMatchObject({ width: 1280, height: 720, fps: { num: 24, den: 1 } })
  expect(filmProfile({ ...asked, videoModel: 'hailuo-02', aspectRatio: '9:16' })).toMatchObject({
    ...{ width: 768, height: 1366, fps: { num: 25, den: 1 } },
  })
  expect(filmProfile({ ...asked, resolution: '1080p', fps: 30 })).toMatchObject({
    ...{ width: 1920, height: 1080, fps: { num: 30, den: 1 } },
  })
  const draft = { ...asked, quality: 'draft', videoModel: 'hailuo-02', resolution: '1080p' } as const
  expect(filmProfile(draft)).toMatchObject({ width: 864, height: 480, fps: { num: 25, den: 1 } })
  expect(filmProfile({ ...asked, aspectRatio: '1:1' })).toMatchObject({ width: 720, height: 720, fit: 'blur' })
})
