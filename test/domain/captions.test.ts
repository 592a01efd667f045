import { describe, expect, it } from 'vitest'
import { captionCues, webVtt } from '../../domain/captions.ts'

const FPS = { num: 24, den: 1 }
const scene = (caption: string | null, transition = 'cut') => ({
  duration: 4,
  transition,
  transitionDuration: 0.5,
  caption,
})

describe('captions', () => {
  it('are shown with their scenes, and change halfway through a transition', () => {
    const scenes = [scene('One', 'crossfade'), scene(null), scene('  Three\n of\tthree ')]
    expect(captionCues(scenes, FPS)).toEqual([
      { start: 0, end: 3.75, text: 'One' },
      { start: 7.5, end: 11.5, text: 'Three of three' },
    ])
  })

  it('have no overrides of the direction, as words on the picture have none', () => {
    expect(captionCues([scene('\u202eevil\u2066 words'), scene('\u202e')], FPS)).toEqual([
      { start: 0, end: 4, text: 'evil words' },
    ])
  })

  it('are written so that nothing in them is markup or a time', () => {
    const cues = [
      { start: 0, end: 3.75, text: '<b>Fish & chips</b>' },
      { start: 3661.5, end: 3662.9996, text: '00:00:01.000 --> 00:00:02.000' },
    ]
    expect(webVtt(cues)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:03.750\n&lt;b&gt;Fish &amp; chips&lt;/b&gt;\n\n' +
        '01:01:01.500 --> 01:01:03.000\n00:00:01.000 --&gt; 00:00:02.000\n',
    )
  })
})
