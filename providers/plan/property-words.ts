/** What the parts of a property are called by those who photograph them. */
import { spoken } from './photo-words.ts'

export interface PropertyPart {
  /** As property types are named. */
  name: string
  /** A part of: where that is allowed and this is not, a photo of this may stand for it. */
  within: 'exterior' | 'interior' | null
  /** The name first, as `says` compares them; in the languages that we know listings in. */
  words: readonly string[]
}

const part = (name: string, within: PropertyPart['within'], words: string): PropertyPart => ({
  name,
  within,
  words: [name, ...words.split(',')].map(spoken),
})

/** Of the words of one photo the first part counts that they name, so a whole comes after its parts. */
export const PROPERTY_PARTS: readonly PropertyPart[] = [
  part(
    'floor_plan',
    null,
    'floorplan, grundriss, plan de masse, planta baja, planimetria, plattegrond, 平面图, 間取り',
  ),
  part(
    'kitchen',
    'interior',
    'cooking, stove, oven, countertop, kitchenette, worktop, küche, kueche, einbauküche, cuisine, cocina, cucina, cozinha, keuken, kök, kuchnia, 厨房, キッチン, 台所',
  ),
  part(
    'bathroom',
    'interior',
    'bath, shower, toilet, ensuite, washroom, wc, badezimmer, dusche, salle de bain, salle de bains, baño, bagno, banheiro, badkamer, badrum, łazienka, 浴室, 卫生间, 洗手间, バスルーム, 洗面所',
  ),
  part(
    'bedroom',
    'interior',
    'bed, master bedroom, guest room, nursery, schlafzimmer, kinderzimmer, gästezimmer, chambre, dormitorio, habitación, camera da letto, quarto, slaapkamer, sovrum, sypialnia, 卧室, 寝室, ベッドルーム',
  ),
  part(
    'living_room',
    'interior',
    'lounge, sofa, couch, fireplace, living, sitting room, family room, livingroom, wohnzimmer, kamin, salon, séjour, sala de estar, salón, soggiorno, salotto, sala, woonkamer, vardagsrum, salon dzienny, 客厅, リビング',
  ),
  part(
    'dining_room',
    'interior',
    'dining, dining table, esszimmer, salle à manger, comedor, sala da pranzo, eetkamer, 餐厅, ダイニング',
  ),
  part(
    'office',
    'interior',
    'study, workspace, home office, arbeitszimmer, büro, bureau, despacho, oficina, ufficio, escritório, 书房, 書斎',
  ),
  part(
    'hallway',
    'interior',
    'hall, entrance, entry, foyer, corridor, stairs, staircase, lobby, flur, diele, treppe, couloir, escalier, pasillo, entrada, ingresso, 走廊, 玄関',
  ),
  part('garden', 'exterior', 'yard, backyard, lawn, garten, jardin, jardín, giardino, jardim, tuin, 花园, 庭'),
  part('pool', 'exterior', 'swimming pool, piscine, piscina, schwimmbad, zwembad, 泳池, プール'),
  part('terrace', 'exterior', 'patio, deck, rooftop, terrasse, terraza, terrazza, terraço, terras, 露台, テラス'),
  part('balcony', 'exterior', 'balkon, balcon, balcón, balcone, varanda, 阳台, ベランダ, バルコニー'),
  part('garage', null, 'carport, parking, tiefgarage, stellplatz, cochera, 车库, ガレージ'),
  part(
    'exterior',
    null,
    'outside, facade, front, aerial, drone, street, view, outdoor, outdoors, außen, aussen, außenansicht, fassade, extérieur, façade, fachada, esterno, facciata, buitenkant, gevel, 外观, 外観',
  ),
  part('interior', null, 'inside, indoor, indoors, room, innen, intérieur, interno, binnen, 室内'),
]
