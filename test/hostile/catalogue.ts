/** Every hostile input that is written down; wrong types are generated from the OpenAPI document (wrong-types.ts). */
import type { HostileInput } from './hostile-input.ts'
import { address } from './inputs/address.ts'
import { fetched } from './inputs/fetched.ts'
import { files } from './inputs/file.ts'
import { filenames } from './inputs/filename.ts'
import { headers } from './inputs/header.ts'
import { jsons } from './inputs/json.ts'
import { traversal } from './inputs/traversal.ts'
import { uploads } from './inputs/upload.ts'

export const CATALOGUE: HostileInput[] = [
  ...traversal,
  ...address,
  ...fetched,
  ...uploads,
  ...files,
  ...filenames,
  ...jsons,
  ...headers,
]
