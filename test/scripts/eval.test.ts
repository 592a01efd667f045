import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { STORYBOARD_PROMPT, STORYBOARD_PROMPTS } from '../../providers/prompts/index.ts'
import { answerText, readBriefs, readRecordings } from '../../scripts/eval/recordings.ts'
import { scoreAnswer } from '../../scripts/eval/score.ts'
import { linesOf, renderTable } from '../../scripts/eval/table.ts'

const briefs = await readBriefs()
const recordings = await readRecordings()

describe('the score of a storyboard', () => {
  it.each(briefs.map((brief) => [brief.name, brief] as const))('tells good from bad: %s', (name, brief) => {
    const of = (quality: string) =>
      recordings
        .filter((recording) => recording.brief === name && recording.quality === quality)
        .map((recording) => scoreAnswer(brief, answerText(recording)).total)
    const [good, bad] = [of('good'), of('bad')]
    expect(Math.min(...good)).toBeGreaterThan(0.9)
    expect(bad.length).toBeGreaterThan(1)
    expect(Math.max(...bad)).toBeLessThan(0.65)
  })

  it('says what is wrong: too few photos, one prompt for all, a wrong length, prompts that say little', () => {
    const scoreOf = (name: string) => {
      const recording = recordings.find((one) => one.name === name)
      const brief = briefs.find((one) => one.name === recording?.brief)
      if (!recording || !brief) throw new Error(`There is no recording ${name}.`)
      return scoreAnswer(brief, answerText(recording))
    }
    expect(scoreOf('cafe-hand-bad-vague')).toMatchObject({ usable: 1, coverage: 1, types: null, prompts: 0 })
    expect(scoreOf('cafe-hand-bad-vague').length).toBeLessThan(0.7)
    const onePhoto = scoreOf('house-hand-bad-one-photo')
    expect(onePhoto).toMatchObject({ usable: 0, coverage: 0.5, variety: 0.25, types: 0, total: 0 })
    for (const name of ['house-hand-bad-types', 'museum-hand-bad-no-json', 'museum-hand-bad-too-long']) {
      expect(scoreOf(name)).toMatchObject({ usable: 0, total: 0 })
    }
  })
})

it('the table has a line for each writer with each version of the prompt', async () => {
  const lines = renderTable(await linesOf(briefs, recordings)).split('\n')
  expect(lines[0]).toMatch(/^writer +prompt +answered by +n +usable +coverage/)
  expect(lines.slice(1).map((line) => line.split('  ')[0])).toEqual(
    expect.arrayContaining(['template', 'by hand, good']),
  )
})

describe('the prompt templates', () => {
  it('are kept as they were in use: what is better becomes a new version', () => {
    const hashes = [...STORYBOARD_PROMPTS].map(([version, text]) => [
      version,
      createHash('sha256').update(text).digest('hex').slice(0, 12),
    ])
    expect(Object.fromEntries(hashes)).toEqual({ v1: '2737d7ed62b3', v2: 'a68905001209', v3: '17bab5adc923' })
    expect(STORYBOARD_PROMPT).toBe('v3')
  })
})
