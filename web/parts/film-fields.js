/** What kind of film: each has an answer already, so nobody has to know anything. */
import { usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { MOST_SCENES, namedAndPriced, priceOf, SCENES_OF_A_BRIEF, scenesForAll } from './estimate.js'
import { roomFields } from './rooms.js'

/** @typedef {import('./estimate.js').Model} Model */

/** The types of a job, as the API calls them. */
const KINDS = [
  ['image_pairs', 'From photo to photo', 'Each scene moves from one photo to the next, in your order.'],
  ['property_photos', 'A tour of a property', 'A scene for each photo, room by room, from the outside in.'],
  ['campaign', 'From a brief', 'Scenes that tell what the campaign is for. Photos may come twice.'],
]
export const USUAL_KIND = 'image_pairs'

const MANY = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

/** @param {string} name @param {string} label @param {[value: string, text: string][]} options */
const select = (name, label, options) => html`<div>
  <label for=${name}>${label}</label>
  <select id=${name} name=${name}>${options.map(([value, text]) => html`<option value=${value}>${text}</option>`)}</select>
</div>`

/** @param {string} name @param {string} label @param {string} placeholder */
const line = (name, label, placeholder) => html`<div>
  <label for=${name}>${label}</label>
  <input id=${name} name=${name} maxlength="200" placeholder=${placeholder} autocomplete="off" />
</div>`

/** @param {string} chosen */
const kinds = (chosen) => html`<fieldset class="kinds">
  <legend>Kind</legend>
  ${KINDS.map(
    ([value, name, says]) => html`<label class="kind">
      <input type="radio" name="kind" value=${value} .checked=${value === chosen} aria-describedby=${`about-${value}`} />
      <span class="kind-name">${name}</span>
      <span class="hint" id=${`about-${value}`}>${says}</span>
    </label>`,
  )}
</fieldset>`

/** What is written there stays when another kind is looked at. @param {unknown} kept the campaign's own, if it has one @param {boolean} isAsked */
const briefField = (kept, isAsked) =>
  typeof kept === 'object' && kept !== null
    ? html`<p class="hint" ?hidden=${!isAsked}>The campaign has a brief already, made by a program. It is used as it is.</p>`
    : html`<div class="brief" ?hidden=${!isAsked}>
        <label for="brief">The brief</label>
        <textarea id="brief" name="brief" .value=${kept ?? ''} placeholder="Whom it is for, what they should feel, and what must be seen."></textarea>
      </div>`

/** @param {string} kind @param {number} photos */
function scenes(kind, photos) {
  const all = scenesForAll(kind, photos)
  const usual = kind === 'campaign' ? SCENES_OF_A_BRIEF : Math.min(MOST_SCENES, all)
  // A pair for each photo at most: then the last scene leads back to the first photo.
  const most = { campaign: MOST_SCENES, property_photos: photos }[kind] ?? Math.min(MOST_SCENES, photos)
  const possible = MANY.filter((count) => count <= most)
  if (kind !== 'campaign' && all > MOST_SCENES) possible.push(all)
  return select('scenes', 'Scenes', [
    ['', photos < 2 && kind !== 'campaign' ? 'As the photos give' : `As usual: ${usual}`],
    ...possible.map(
      (n) =>
        /** @type {[string, string]} */ ([`${n}`, n === all && n > MOST_SCENES ? `${n}, for every photo` : `${n}`]),
    ),
  ])
}

/**
 * @param {object} film
 * @param {string} film.kind
 * @param {number} film.photos how many
 * @param {unknown} film.brief the campaign's
 * @param {Model[]} film.models of video; empty while they are not known
 * @param {Model | undefined} film.model the chosen one
 * @param {number} film.length of a scene, in seconds
 * @param {Model | undefined} film.composer whose music would be bought
 * @param {string} film.music on, off or own
 * @param {import('../lit-html/lit-html.js').TemplateResult} film.ownMusic where it is brought
 * @param {{ draft: number, full: number } | null} film.prices of the video, USD; null while there are no photos for it
 */
export const filmFields = ({
  kind,
  photos,
  brief,
  models,
  model,
  length,
  composer,
  music,
  prices,
  ownMusic,
}) => html`${kinds(kind)}
  ${briefField(brief, kind === 'campaign')}
  ${roomFields(kind === 'property_photos')}
  <div class="fields">
    <div>
      <label for="model">Model</label>
      <select id="model" name="model">
        ${models.map((one) => html`<option value=${one.id} .selected=${one === model}>${namedAndPriced(one)}</option>`)}
      </select>
    </div>
    <div>
      <label for="clip_duration">Length of a scene</label>
      <select id="clip_duration" name="clip_duration">
        ${(model?.durations ?? []).map((one) => html`<option value=${one} .selected=${one === length}>${one} seconds</option>`)}
      </select>
    </div>
    ${scenes(kind, photos)}
    ${select('aspect_ratio', 'Shape', [
      ['16:9', 'Wide, 16:9'],
      ['9:16', 'Upright, 9:16'],
      ['1:1', 'Square'],
    ])}
    ${select('transition', 'From scene to scene', [
      ['auto', 'As it suits'],
      ['cut', 'Cuts'],
      ['crossfade', 'Crossfades'],
    ])}
    ${select('music', 'Music', [
      ['on', composer ? `Make some, ${usd(priceOf(composer))} a scene` : 'Make some'],
      ['off', 'None'],
      ['own', 'My own'],
    ])}
    ${music === 'own' ? ownMusic : nothing}
    <div>
      <label class="switch">
        <input type="checkbox" name="quality" value="draft" aria-describedby="about-draft" />
        A draft first${prices ? html`: ${usd(prices.draft)} in place of ${usd(prices.full)}` : nothing}
      </label>
      <p class="hint" id="about-draft">Small and cheap, to see whether it works. You decide about full quality later.</p>
    </div>
    ${model?.last_frame === false ? html`<p class="hint">${model.name} takes no second photo: its scenes move freely from their first one.</p>` : nothing}
    ${music === 'on' ? line('music_genre', 'Kind of music', 'warm piano') : nothing}
    ${line('style', 'Style', 'calm, natural light')}
  </div>
  <details>
    <summary>Words on the picture</summary>
    <div class="fields">
      ${line('title', 'Title, at the beginning', 'A house by the lake')}
      ${line('price', 'Price, at the end', '€ 480,000')}
      ${line('call_to_action', 'Call to action, at the end', 'Book a viewing')}
    </div>
  </details>`
