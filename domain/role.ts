/** What the holder of a key may do. Each role may do what those before it may (docs/decisions/0009-keys.md). */
export const ROLES = ['creator', 'approver', 'operator'] as const
export type Role = (typeof ROLES)[number]

export function roleSuffices(held: Role, needed: Role): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(needed)
}
