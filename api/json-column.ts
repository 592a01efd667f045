/** JSON columns take what came from a JSON body; undefined leaves a column as it is. */
import { Prisma } from '../prisma/client.ts'

/** For a nullable column: null clears it. */
export function nullableJson(value: unknown) {
  return value === null ? Prisma.DbNull : (value as Prisma.InputJsonValue | undefined)
}

/** For a column that always holds an object: null empties it. */
export function jsonObject(value: unknown) {
  return (value === null ? {} : value) as Prisma.InputJsonValue | undefined
}
