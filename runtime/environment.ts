/** The environment of a process: its variables, and those of a .env file beside package.json that are not set yet. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Config, readConfig } from '../config.ts'

const file = path.join(import.meta.dirname, '..', '.env')

/** @throws Error that names every variable that can't be used */
export function loadConfig(): Config {
  return readConfig(loadEnvironment())
}

/** For what needs no more of it than where Temporal is. */
export function loadEnvironment(): NodeJS.ProcessEnv {
  // Tests say all that they need: a developer's keys must not reach paid providers from there.
  if (process.env.NODE_ENV !== 'test' && existsSync(file)) process.loadEnvFile(file)
  return process.env
}
