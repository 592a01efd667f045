/** A scene's fields as its form has them, and what of them somebody changed. */

/** Words on the picture, in the order in which the form asks for them. */
export const OVERLAYS = /** @type {const} */ (['title', 'price', 'call_to_action'])

/** How many clips of a scene the API has bought at once, to choose from. */
export const MOST_VARIANTS = 4

/** One where the scene moves freely, of which the API tells by the same photo twice. @param {any} scene @returns {string[]} */
export const photosOf = (scene) => [...new Set(/** @type {string[]} */ (scene.asset_ids))]

/** @param {any} scene @returns {Record<string, unknown>} */
export const fieldsOf = (scene) => ({
  title: scene.title,
  prompt: scene.prompt ?? scene.description,
  duration: scene.duration,
  model: scene.model ?? null,
  variants: scene.variants ?? null,
  transition: scene.transition,
  transition_duration: scene.transition_duration ?? null,
  asset_ids: photosOf(scene),
  scene_type: scene.scene_type ?? null,
  overlays: OVERLAYS.flatMap((kind) => scene.overlays.filter((/** @type {any} */ overlay) => overlay.kind === kind)),
  caption: scene.caption,
  voice_over: scene.voice_over,
  music_description: scene.music_description,
})

/** What differs. @param {Record<string, unknown>} fields @param {Record<string, unknown>} before */
export const changed = (fields, before) =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  )
