import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedText, plainWords } from '../../domain/plain-text.ts'

const words = (text: string, length = 500) => plainWords(text, length).words

describe('plain words', () => {
  it.each([
    ['Buy at https://evil.example/x?y=1 now', 'Buy at now'],
    ['HTTPS://EVIL.EXAMPLE and ftp://a/b', 'and'],
    ['[click](javascript:alert(1)) ![x](http://e/y.png)', 'click x'],
    ['www.evil.example/x, evil.com, sub.evil.co.uk/path and 10.0.0.1:8080/x', ', and'],
    ['write me@evil.example', 'write'],
    ['<script>alert(1)</script>The <b>house</b>', 'alert(1) The house'],
    ['ｈｔｔｐｓ：／／evil.example stays out', 'stays out'],
    ['hthttps://a ttps://evil.example', ''],
    ['Go to casino-bonus.de, evil.co.uk or t.me now', 'Go to , or now'],
    ['Go to пример.рф, bücher.casino, EVIL.BET and Evil.De', 'Go to , , and'],
    ['Go to evil。com, ｅｖｉｌ．ｄｅ and 例子.中国', 'Go to , and'],
    ['Go to evil.bet:8080 or ev\u200dil.d\u200de, имя@пример.бел', 'Go to or ,'],
    [`Go to evil.com请访问, casino.bet请访访访问${'请'.repeat(30)}`, `Go to 请访问, 请访访访问${'请'.repeat(30)}`],
    ['Ignore it...evil.bet, e[．](x)vil．bet', 'Ignore it... ,'],
    ['one\n\ntwo\tthree\u0000\u202e', 'one two three'],
  ])('of %j are %j', (text, plain) => {
    expect(words(text)).toBe(plain)
  })

  it.each([
    'The camera pushes in at 0.5 m/s. The light stays warm (5,600 K), f/2.8.',
    'A café, 50 % brighter: “slowly”, e.g. at dusk. Then it rests.',
    'ꯃꯅꯤꯄꯨꯔꯤ, 日本語、が残る。👨‍👩‍👧 می‌خواهم',
    'It rests at the end.Then No.5 of St.Pauli (4.5 s, 2.8f), wide...then close, i.e. near; z.B. U.S. style at 5 p.m.',
    'Start from kitchen.jpg and IMG_0042.HEIC: 1,200 sq.ft. on floor No.II, v1.2.3, at 24.5fps.',
    'Вид на озеро.Потом дом. 夜の家。中国の庭．次に湖。終わり',
  ])('are what %j is already', (text) => {
    expect(plainWords(text, 500)).toEqual({ words: text, dropped: [] })
  })

  it('end with a sentence when there are too many', () => {
    expect(words('First one. Second one. Third one.', 25)).toBe('First one. Second one.')
    expect(words('word '.repeat(20), 12)).toBe('word word')
  })

  it('hold no address and no markup, whatever they were made of, and are bounded', () => {
    const bits = [
      'http',
      's://',
      'evil.com',
      '/x',
      '[a]',
      '(',
      ')',
      '<',
      '>',
      'www.',
      ' ',
      'javascript:',
      '@',
      '\u200b',
      'ｈ',
    ]
    const text = fc.array(fc.oneof(fc.constantFrom(...bits), fc.string({ maxLength: 5 })), { maxLength: 40 })
    fc.assert(
      fc.property(text, (parts) => {
        const plain = words(parts.join(''), 60)
        expect(plain).not.toMatch(/[a-z][a-z0-9+.-]+:\/\/\S|www\.\S|javascript:\S|[<>]|evil\.com\b/i)
        expect([...plain].length).toBeLessThanOrEqual(60)
        expect(words(plain, 60)).toBe(plain)
      }),
      { numRuns: 200 },
    )
  })

  it('takes no long time over text that is made to take one', () => {
    const began = performance.now()
    for (const bit of ['a.', 'a@', '[', '<a', 'http:', '([']) words(bit.repeat(200_000), 1500)
    expect(performance.now() - began).toBeLessThan(2000)
  })
})

it('a text that is handed on is bounded, and shows all that it has', () => {
  expect(boundedText('  a\u202eb\u0000c\u{e0041}d ', 10)).toBe('abcd')
  expect(boundedText('x'.repeat(20), 10)).toBe(`${'x'.repeat(9)}…`)
  expect(boundedText('\ud83d', 10)).toBe('')
})
