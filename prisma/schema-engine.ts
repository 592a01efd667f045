/**
 * Prisma's schema engine as WebAssembly. Its package imports the .wasm file as a module, which Node warns of at every
 * start; this loads the same file by hand.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'
import { type Provider, readSchema, schemaPath } from './schema-path.ts'

export type SchemaEngine = engineModule.SchemaEngine

const { SchemaEngine: Engine, ...glue } = engineModule as typeof engineModule & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}
let loaded: Promise<void> | undefined

async function load(): Promise<void> {
  const file = fileURLToPath(new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm')))
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': imports() })
  glue.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
}

/** The engine's own, but that its timers, one of ten seconds for a lock that it got long ago, keep no process alive. */
function imports(): WebAssembly.ModuleImports {
  const own = Object.entries(engineModule as unknown as Record<string, (...args: unknown[]) => NodeJS.Timeout>)
  const calm = own.map(([name, glued]) =>
    name.startsWith('__wbg_setTimeout') ? [name, (...args: unknown[]) => glued(...args).unref()] : [name, glued],
  )
  return Object.fromEntries(calm)
}

/**
 * Hands `work` an engine for the database that `factory` connects to. The engine locks the whole SQLite file for as
 * long as its connection is open, and leaves it open, so it is closed here.
 */
export async function withSchemaEngine<T>(
  factory: SqlMigrationAwareDriverAdapterFactory,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loaded ??= load()
  await loaded
  const datamodels = [[schemaPath, await readSchema(factory.provider as Provider)]]
  const connections: SqlDriverAdapter[] = []
  const connect = async () => {
    const connection = await factory.connect()
    connections.push(connection)
    return connection
  }
  try {
    const engine = await Engine.new(
      { datamodels: datamodels as [[string, string]] },
      () => {},
      bindMigrationAwareSqlAdapterFactory({ ...factory, connect }),
    )
    try {
      return await work(engine)
    } finally {
      engine.free()
    }
  } finally {
    await Promise.all(connections.map((connection) => connection.dispose()))
  }
}
