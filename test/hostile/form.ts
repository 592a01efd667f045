/** Multipart forms, made by hand: a library would mend what is to be broken. */

export const BOUNDARY = 'hostile-boundary'
export const formHeaders = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }

/** The head of a file's part. @param disposition what stands after `form-data; name="file"; ` */
export function fileHead(disposition = 'filename="photo.jpg"'): Buffer {
  return Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; ${disposition}\r\ncontent-type: image/jpeg\r\n\r\n`,
  )
}

export const field = (name: string, value: string): Buffer =>
  Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)

export const END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)

/** A whole form with one file. */
export const formOf = (bytes: Buffer, disposition?: string): Buffer =>
  Buffer.concat([fileHead(disposition), bytes, END])
