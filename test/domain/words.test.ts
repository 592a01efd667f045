import { expect, it } from 'vitest'
import { type Overlay, placeWords } from '../../domain/words.ts'

it('puts the title into the first scene, price and call to action into the last', () => {
  const scenes: { name: string; overlays?: Overlay[] }[] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
  expect(placeWords(scenes, { title: 'Home', price: '€ 1', callToAction: 'Call' })).toEqual([
    { name: 'a', overlays: [{ kind: 'title', text: 'Home' }] },
    { name: 'b' },
    {
      name: 'c',
      overlays: [
        { kind: 'price', text: '€ 1' },
        { kind: 'call_to_action', text: 'Call' },
      ],
    },
  ])
  expect(placeWords(scenes, { title: null, price: null, callToAction: null })).toEqual(scenes)
})
