/** What `npm run keys` does. */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { hashKey } from '../../api/auth/keyring.ts'
import type { Config } from '../../config.ts'
import { ROLES, type Role } from '../../domain/role.ts'
import type { Database } from '../../prisma/client.ts'
import { findClient } from '../../prisma/queries/clients.ts'
import { type ApiKey, insertKey, listKeys, revokeKey } from '../../prisma/queries/keys.ts'
import { dropSessionSecret } from '../../prisma/queries/session-secret.ts'

const USAGE = `npm run keys -- create --name "Anna" --role ${ROLES.join('|')} [--client <client id>]
npm run keys -- list
npm run keys -- revoke <key id>
npm run keys -- end-sessions`

/** Tells scanners of leaked secrets what it is. */
const PREFIX = 'gl_'
const KEY_BYTES = 32

/**
 * @param args of the command line, after the script's name
 * @returns the lines to print
 * @throws Error with one sentence when the command is wrong, or names a client or a key that does not exist
 */
export async function manageKeys(db: Database, config: Pick<Config, 'http'>, args: string[]): Promise<string[]> {
  const [command, ...rest] = args
  if (command === 'create') return create(db, config, rest)
  if (command === 'list' && rest.length === 0) return list(db)
  if (command === 'revoke' && rest.length === 1) return revoke(db, rest[0] ?? '')
  if (command === 'end-sessions' && rest.length === 0) return endSessions(db)
  throw new Error(`${command ? 'That is not a command for keys.' : 'Say what to do with the keys.'}\n${USAGE}`)
}

async function create(db: Database, { http }: Pick<Config, 'http'>, args: string[]): Promise<string[]> {
  const { name, role, clientId } = readOptions(args)
  const client = clientId ? await findClient(db, clientId) : null
  if (clientId && !client) throw new Error(`There is no client ${clientId}: GET /api/v3/clients lists them.`)
  const key = `${PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`
  const { id } = await insertKey(db, { name, hash: hashKey(key), role, clientId: client?.id ?? null })
  const lines = [
    `The key of ${name}, ${withArticle(role)} of ${client ? `the client ${client.name}` : 'every client'}:`,
    `  ${key}`,
    'It is shown this once. Send it as X-API-Key.',
    `To revoke it: npm run keys -- revoke ${id}`,
  ]
  if (http.authKeys.length === 0) {
    lines.push(
      'API_AUTH_KEY is unset here, so the server is open and asks nobody for a key: set it to close the server.',
    )
  }
  return lines
}

function readOptions(args: string[]): { name: string; role: Role; clientId: string | undefined } {
  const text = { type: 'string' as const }
  const { name, role, client } = parseOptions(args, { name: text, role: text, client: text })
  if (!name?.trim()) throw new Error(`A key needs a name, which is recorded with what it decides.\n${USAGE}`)
  const known = ROLES.find((one) => one === role)
  if (!known) throw new Error(`The role is one of ${ROLES.join(', ')}${role ? `, not ${role}` : ''}.\n${USAGE}`)
  return { name: name.trim(), role: known, clientId: client?.trim().toLowerCase() }
}

function parseOptions<T extends Record<string, { type: 'string' }>>(args: string[], options: T) {
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error })
  }
}

async function list(db: Database): Promise<string[]> {
  const keys = await listKeys(db)
  if (keys.length === 0) return ['There are no keys in the database.']
  const rows = [['ID', 'NAME', 'ROLE', 'CLIENT', 'CREATED', 'LAST USED', 'STATE'], ...keys.map(row)]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? []
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function row({ id, name, role, clientId, insertedAt, lastUsedAt, revokedAt }: ApiKey): string[] {
  const state = revokedAt ? `revoked ${moment(revokedAt)}` : 'valid'
  return [id, name, role, clientId ?? 'every', moment(insertedAt), lastUsedAt ? moment(lastUsedAt) : 'never', state]
}

async function revoke(db: Database, id: string): Promise<string[]> {
  if (await revokeKey(db, id)) return ['Revoked: within seconds it opens nothing any more, nor do its sessions.']
  const known = (await listKeys(db)).some((key) => key.id === id)
  if (known) return ['It was revoked before.']
  throw new Error(`There is no key ${id}: npm run keys -- list shows the ids.`)
}

async function endSessions(db: Database): Promise<string[]> {
  await dropSessionSecret(db)
  return ['Within seconds every session has ended, on every server: browsers sign in again with their keys.']
}

/** UTC, to the minute. */
function moment(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ')
}

function withArticle(role: Role): string {
  return role === 'creator' ? 'a creator' : `an ${role}`
}
