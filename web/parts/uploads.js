/** The photos of a film: those that its campaign has, and those on their way there, several at once. */
import { post, Refused } from '../api.js'

const AT_ONCE = 3
const UNREACHED = 'The server can not be reached'

/**
 * @typedef {object} Photo
 * @property {string} name
 * @property {string} preview the address of a picture of it; empty while there is none
 * @property {number} sent from 0 to 1
 * @property {boolean} done whether the campaign has it
 * @property {string} problem why it could not be sent
 * @property {boolean} isOut whether the film does without it
 * @property {string} [id] of the asset, once it is done
 * @property {(campaign: string) => Promise<string>} [send] tells the id
 * @property {() => void} [stop]
 */

/**
 * @param {() => void} changed
 * @param {() => Promise<{ id: string }>} campaign that they go to
 */
export function createUploads(changed, campaign) {
  /** @type {Photo[]} in the order of the film */
  const photos = []
  /** @type {Photo[]} */
  const waiting = []
  let running = 0

  function next() {
    while (running < AT_ONCE && waiting.length > 0) {
      const photo = /** @type {Photo} */ (waiting.shift())
      running++
      send(photo).finally(() => {
        running--
        changed()
        next()
      })
    }
  }

  /** @param {Photo} photo */
  async function send(photo) {
    try {
      const id = await photo.send?.((await campaign()).id)
      Object.assign(photo, { id, done: true, sent: 1, preview: photo.preview || thumbnailOf(id) })
    } catch (error) {
      photo.problem = error instanceof Error ? error.message : String(error)
    }
  }

  /** @param {Photo} photo */
  function begin(photo) {
    photos.push(photo)
    waiting.push(photo)
    next()
    return photo
  }

  /** Whatever is still sent of it. @param {Photo} photo */
  function forget(photo) {
    photos.splice(photos.indexOf(photo), 1)
    if (waiting.includes(photo)) waiting.splice(waiting.indexOf(photo), 1)
    if (!photo.done) photo.stop?.()
    release(photo)
  }

  return {
    changed,
    forget,
    list: photos,
    isBusy: () => running > 0 || waiting.length > 0,
    /** Those that the film is made of. */
    chosen: () => photos.filter(({ done, isOut }) => done && !isOut),

    /** Forgets those of another campaign. */
    clear: () => void photos.splice(0),

    /** @param {{ id: string, name: string }[]} assets that a campaign had; what was added meanwhile comes after them */
    precede(assets) {
      const own = new Set(photos.map(({ id }) => id))
      photos.unshift(...assets.filter(({ id }) => !own.has(id)).map(there))
    },

    /** @param {File} file */
    addFile(file) {
      const leaving = new AbortController()
      const photo = fresh(file.name, URL.createObjectURL(file))
      const tell = (/** @type {number} */ part) => {
        photo.sent = part
        changed()
      }
      photo.send = (to) => sendFile(to, file, tell, leaving.signal)
      photo.stop = () => leaving.abort()
      return begin(photo)
    },

    /** @param {string} url */
    addUrl(url) {
      const photo = fresh(url, '')
      photo.send = async (campaign_id) => (await post('/assets/from-url', { campaign_id, source_url: url })).data.id
      return begin(photo)
    },

    /** @param {Photo} photo one that failed */
    tryAgain(photo) {
      Object.assign(photo, { problem: '', sent: 0 })
      waiting.push(photo)
      next()
      changed()
    },

    /** The film does without it. Only one that is not there yet is forgotten; the campaign keeps what it has. @param {Photo} photo */
    takeOut(photo) {
      if (photo.done) photo.isOut = true
      else forget(photo)
      changed()
    },

    /** @param {Photo} photo one that was taken out */
    putBack(photo) {
      photo.isOut = false
      changed()
    },

    /** @param {Photo} photo @param {Photo} other to whose place it goes; those between move up */
    move(photo, other) {
      const to = photos.indexOf(other)
      photos.splice(photos.indexOf(photo), 1)
      photos.splice(to, 0, photo)
      changed()
    },

    /** What is still on its way does not arrive. */
    leave() {
      waiting.splice(0)
      for (const photo of photos) {
        if (!photo.done) photo.stop?.()
        release(photo)
      }
    },
  }
}

/** @param {string} name @param {string} preview @returns {Photo} */
const fresh = (name, preview) => ({ name, preview, sent: 0, done: false, problem: '', isOut: false })

/** One that the campaign has already. @param {{ id: string, name: string }} asset @returns {Photo} */
const there = ({ id, name }) => ({ ...fresh(name, thumbnailOf(id)), id, done: true, sent: 1 })

/** @param {string | undefined} id */
const thumbnailOf = (id) => `/api/v3/assets/${id}/thumbnail`

/** @param {Photo} photo */
function release({ preview }) {
  if (preview.startsWith('blob:')) URL.revokeObjectURL(preview)
}

/**
 * @param {string} campaign its id
 * @param {File} file
 * @param {(part: number) => void} tell how much was sent, from 0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the id of the asset
 */
function sendFile(campaign, file, tell, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const form = new FormData()
    form.set('campaign_id', campaign)
    form.set('file', file)
    // fetch tells nothing of how much was sent.
    const request = new XMLHttpRequest()
    request.open('POST', '/api/v3/assets')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => tell(loaded / total)
    request.onloadend = () => {
      const { status, response } = request
      if (status === 201) resolve(response.data.id)
      else reject(new Refused(status, status === 0 ? { error: UNREACHED } : (response ?? {})))
    }
    signal.onabort = () => request.abort()
    request.send(form)
  })
}
