/** The scores as a table: a line for each writer with each version of the prompt. */
import { createTemplateWriter } from '../../providers/storyboard-template.ts'
import { answerText, type EvalBrief, type Recording } from './recordings.ts'
import { mean, type Score, scoreAnswer, scoreScenes } from './score.ts'

export interface Line {
  writer: string
  prompt: string
  origin: string
  scores: Score[]
}

/** The template's storyboards are written now; everybody else's are recorded. */
export async function linesOf(briefs: EvalBrief[], recordings: Recording[]): Promise<Line[]> {
  const byName = new Map(briefs.map((brief) => [brief.name, brief]))
  const lines = new Map<string, Line>()
  for (const recording of recordings) {
    const brief = byName.get(recording.brief)
    if (!brief) throw new Error(`${recording.name} answers the brief ${recording.brief}, which is not recorded.`)
    const writer = recording.quality ? `${recording.writer}, ${recording.quality}` : recording.writer
    const line = { writer, prompt: recording.prompt ?? '', origin: recording.origin, scores: [] }
    const key = [line.writer, line.prompt, line.origin].join('|')
    if (!lines.has(key)) lines.set(key, line)
    lines.get(key)?.scores.push(scoreAnswer(brief, answerText(recording)))
  }
  return [
    { writer: 'template', prompt: '', origin: 'written now', scores: await templateScores(briefs) },
    ...lines.values(),
  ]
}

function templateScores(briefs: EvalBrief[]): Promise<Score[]> {
  const template = createTemplateWriter()
  const noPhotos = () => Promise.reject(new Error('The template looks at no photo.'))
  return Promise.all(
    briefs.map(async (brief) => scoreScenes(brief, (await template.write(brief.brief, noPhotos)).scenes)),
  )
}

const COLUMNS = ['usable', 'coverage', 'variety', 'types', 'length', 'prompts', 'total'] as const

export function renderTable(lines: Line[]): string {
  const rows = lines.map(({ writer, prompt, origin, scores }) => [
    writer,
    prompt,
    origin,
    String(scores.length),
    ...COLUMNS.map((column) => shown(scores.flatMap((score) => score[column] ?? []))),
  ])
  const table = [['writer', 'prompt', 'answered by', 'n', ...COLUMNS], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return table.map(line).join('\n')
}

const shown = (values: number[]) => (values.length === 0 ? '' : mean(values).toFixed(2))
