/** A process of sqlite-migrations.test.ts, to be killed: brings an SQLite file to the migrations that are given as JSON. */
import { migrate } from '../../prisma/migrate.ts'
import { sqliteAdapter } from '../../prisma/sqlite-adapter.ts'
import { migrationsOf } from '../support/migrations.ts'

const [file = '', scripts = '{}'] = process.argv.slice(2)
await migrate(sqliteAdapter(file), await migrationsOf('sqlite', JSON.parse(scripts)))
