/** The file is at fault; the message is a sentence that a user may see. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile'
}
