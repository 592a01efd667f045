import path from 'node:path'

/** The models, written once. */
export const schemaPath = path.join(import.meta.dirname, 'schema.prisma')
/** The committed migrations. */
export const migrationsFolder = path.join(import.meta.dirname, 'migrations', 'sqlite')
