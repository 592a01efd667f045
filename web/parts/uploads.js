/** Photos on their way into a campaign: several at once, each with how far it is. */
import { post, Refused } from '../api.js'

const AT_ONCE = 3
const UNREACHED = 'The server can not be reached'

/** @typedef {{ name: string, preview: string, sent: number, done: boolean, problem: string, id?: string }} Upload */

/** @param {() => void} changed */
export function createUploads(changed) {
  /** @type {Upload[]} */
  const uploads = []
  /** @type {(() => Promise<void>)[]} */
  const waiting = []
  let running = 0

  function next() {
    while (running < AT_ONCE && waiting.length > 0) {
      const work = waiting.shift()
      running++
      work?.().finally(() => {
        running--
        changed()
        next()
      })
    }
  }

  /**
   * @param {string} campaign its id
   * @param {File} file
   * @returns {Upload}
   */
  function sendFile(campaign, file) {
    /** @type {Upload} */
    const upload = { name: file.name, preview: URL.createObjectURL(file), sent: 0, done: false, problem: '' }
    uploads.push(upload)
    waiting.push(
      () =>
        new Promise((resolve) => {
          const form = new FormData()
          form.set('campaign_id', campaign)
          form.set('file', file)
          // fetch tells nothing of how much was sent.
          const request = new XMLHttpRequest()
          request.open('POST', '/api/v3/assets')
          request.responseType = 'json'
          request.upload.onprogress = ({ loaded, total }) => {
            upload.sent = loaded / total
            changed()
          }
          request.onloadend = () => {
            const { status, response } = request
            if (status === 201) Object.assign(upload, { done: true, sent: 1, id: response.data.id })
            else upload.problem = status === 0 ? UNREACHED : new Refused(status, response ?? {}).message
            resolve()
          }
          request.send(form)
        }),
    )
    next()
    return upload
  }

  /**
   * @param {string} campaign its id
   * @param {string} url
   */
  function sendUrl(campaign, url) {
    /** @type {Upload} */
    const upload = { name: url, preview: '', sent: 0.3, done: false, problem: '' }
    uploads.push(upload)
    waiting.push(async () => {
      try {
        const { data } = await post('/assets/from-url', { campaign_id: campaign, source_url: url })
        Object.assign(upload, { done: true, sent: 1, id: data.id, preview: `/api/v3/assets/${data.id}/thumbnail` })
      } catch (error) {
        upload.problem = error instanceof Error ? error.message : String(error)
      }
    })
    next()
  }

  return {
    list: uploads,
    sendFile,
    sendUrl,
    isBusy: () => running > 0 || waiting.length > 0,
    /** @param {Upload} upload one that failed */
    forget(upload) {
      uploads.splice(uploads.indexOf(upload), 1)
      changed()
    },
    leave() {
      for (const { preview } of uploads) if (preview.startsWith('blob:')) URL.revokeObjectURL(preview)
    },
  }
}
