import { describe, expect, it } from 'vitest'
import { joinBrands, readBrand } from '../../domain/brand.ts'

const ID = '5b1f0f5e-1111-4222-8333-000000000000'
const read = (guidelines: unknown) => readBrand(guidelines).brand

describe('readBrand', () => {
  it.each([
    [{ colors: { primary: '#0A7D5A' } }, '#0a7d5a'],
    [{ colours: { primary: '0a7' } }, '#00aa77'],
    [{ palette: ['#123456', '#fff'] }, '#123456'],
    [{ primaryColor: 'rgb(10, 125, 90)' }, '#0a7d5a'],
    [{ brand_color: { hex: '#0a7d5a' } }, '#0a7d5a'],
    [{ colors: { cta: '#ff0000', primary: '#0a7d5a' } }, '#ff0000'],
    ['{"primary_color": "#0a7d5a"}', '#0a7d5a'],
    ['Warm light, calm pace', null],
    [{ colors: { primary: 'sea green' } }, null],
    [{ colors: { primary: '#0a7d5a;}</style>' } }, null],
    [{ colors: { primary: 'rgb(300,0,0)' } }, null],
    [[], null],
    [null, null],
    [7, null],
  ])('reads the accent of %j', (guidelines, accent) => {
    expect(read(guidelines).accent).toBe(accent)
  })

  it.each([
    [{ logo_asset_id: ID }],
    [{ logoAssetId: ID.toUpperCase() }],
    [{ logo: { asset_id: ID } }],
    [{ logo: `http://127.0.0.1:4000/api/v3/assets/${ID}/data` }],
  ])('reads the logo of %j', (guidelines) => {
    expect(read(guidelines).logoAssetId).toBe(ID)
  })

  it('names what it can not read', () => {
    const { brand, unread } = readBrand({
      colors: { primary: 'teal', accent: '#00f' },
      logo: 'our bird',
      logo_position: 'centre',
    })
    expect(brand).toMatchObject({ accent: '#0000ff', logoAssetId: null, logoPosition: null })
    expect(unread).toEqual(['colors.primary', 'logo', 'logo_position'])
  })

  it("takes a campaign's colours together, and what it leaves open from its client", () => {
    const own = read({ colors: { primary: '#111111' }, logo_position: 'Bottom Left' })
    const client = read({ colors: { primary: '#222222', text: '#eeeeee' }, logo_asset_id: ID })
    expect(joinBrands(own, client)).toEqual({
      ...{ accent: '#111111', text: null, secondary: null, logoAssetId: ID, logoPosition: 'bottom_left' },
    })
    expect(joinBrands(read({}), client)).toEqual(client)
  })
})
