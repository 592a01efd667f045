/** What kind of film: each has an answer already, so nobody has to know anything. */
import { html, nothing } from '../lit-html/lit-html.js'

/** Seconds that a model renders (providers/models.ts). @param {string} model */
const lengthsOf = (model) => (model === 'hailuo-02' ? [6, 10] : [4, 6, 8])

/** The length that a model renders for who chose `seconds`, perhaps of another. @param {string} model @param {number} seconds */
export function lengthOf(model, seconds) {
  const lengths = lengthsOf(model)
  return lengths.find((one) => one >= seconds) ?? lengths[lengths.length - 1]
}

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

/** @param {{ kind: string, model: string, music: string, length: number }} chosen so far; empty before the first drawing */
export const filmFields = ({ kind, model, music, length }) => html`<div class="fields">
    ${select('kind', 'Kind', [
      ['from-image-pairs', 'From photo to photo'],
      ['from-property-photos', 'A tour of a property'],
    ])}
    ${select('model', 'Model', [
      ['veo3', 'Veo 3.1'],
      ['hailuo-02', 'Hailuo 02'],
    ])}
    ${select('aspect_ratio', 'Shape', [
      ['16:9', 'Wide, 16:9'],
      ['9:16', 'Upright, 9:16'],
      ['1:1', 'Square'],
    ])}
    ${
      kind === 'from-property-photos'
        ? nothing
        : select('scenes', 'Scenes', [
            ['', 'As the photos give'],
            ...['1', '2', '3', '4', '5', '6', '8', '10'].map((n) => /** @type {[string, string]} */ ([n, n])),
          ])
    }
    <div>
      <label for="clip_duration">Length of a scene</label>
      <select id="clip_duration" name="clip_duration">
        ${lengthsOf(model).map((one) => html`<option value=${one} .selected=${one === length}>${one} seconds</option>`)}
      </select>
    </div>
    ${select('transition', 'From scene to scene', [
      ['auto', 'As it suits'],
      ['cut', 'Cuts'],
      ['crossfade', 'Crossfades'],
    ])}
    ${select('music', 'Music', [
      ['on', 'Make some'],
      ['off', 'None'],
    ])}
    ${music === 'off' ? nothing : line('music_genre', 'Kind of music', 'warm piano')}
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
