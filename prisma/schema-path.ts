/** Where the models and the migrations of each database are. The models are written once, for SQLite. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** As Prisma's driver adapters call them. */
export type Provider = 'sqlite' | 'postgres'

export const schemaPath = path.join(import.meta.dirname, 'schema.prisma')

/** The committed migrations. */
export const migrationsFolder = (provider: Provider) => path.join(import.meta.dirname, 'migrations', provider)

/** As Prisma's schema language calls them. */
export const DATASOURCE: Record<Provider, string> = { sqlite: 'sqlite', postgres: 'postgresql' }

/** The models as a database of `provider` has them. */
export async function readSchema(provider: Provider): Promise<string> {
  const models = await readFile(schemaPath, 'utf8')
  return provider === 'sqlite' ? models : postgresSchema(models)
}

/** Names that are searched by a part of them, each by an index of its trigrams (docs/decisions/0063-names-by-trigrams.md). */
const SEARCHED = { Job: 'videoName', Campaign: 'name' }

/**
 * The same models on PostgreSQL: moments with their zone, to the millisecond, and JSON as it was written, whose usual JSONB
 * puts keys in another order and refuses what JSON allows; and indexes that SQLite has no like of.
 */
export function postgresSchema(models: string): string {
  const field = (type: string) => new RegExp(`^( +\\w+ +${type}\\??)(?=[ \\n])`, 'gm')
  const indexed = Object.entries(SEARCHED).reduce((schema, [model, name]) => {
    const index = `@@index([${name}(ops: raw("gin_trgm_ops"))], type: Gin)`
    return schema.replace(new RegExp(`^model ${model} \\{[^}]*`, 'm'), `$&  ${index}\n`)
  }, models)
  return indexed
    .replace('provider = "sqlite"', 'provider = "postgresql"')
    .replace('= "./generated"', '= "./postgres"')
    .replace(field('DateTime'), '$1 @db.Timestamptz(3)')
    .replace(field('Json'), '$1 @db.Json')
}
