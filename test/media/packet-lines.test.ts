import { describe, expect, it } from 'vitest'
import { packetsIn } from '../../media/packet-lines.ts'

const read = (lines: string) => [...packetsIn(lines).map((packet) => ({ ...packet }))]

describe('lines of packets', () => {
  it('are read as ffprobe writes them, of several streams and with side data', () => {
    expect(read('0|-1024|512|K__|\n1|9007199254740991|1|_D_\n')).toEqual([
      { index: 0, time: -1024, duration: 512, isKeyframe: true, isShown: true },
      { index: 1, time: Number.MAX_SAFE_INTEGER, duration: 1, isKeyframe: false, isShown: false },
    ])
  })

  it('have NaN where the file says nothing', () => {
    expect(read('0|N/A|N/A|___')).toEqual([{ index: 0, time: NaN, duration: NaN, isKeyframe: false, isShown: true }])
  })

  it('may break off anywhere', () => {
    expect(read('0|1\n\n2|3|4|K__')).toHaveLength(3)
    expect(read('')).toEqual([])
  })
})
