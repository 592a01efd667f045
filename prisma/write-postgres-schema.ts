/** Called by scripts/bootstrap.mjs before the PostgreSQL client is generated: writes the schema that it is generated from. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readSchema } from './schema-path.ts'

const file = path.join(import.meta.dirname, 'generated', 'postgres.prisma')
await mkdir(path.dirname(file), { recursive: true })
await writeFile(file, await readSchema('postgres'))
