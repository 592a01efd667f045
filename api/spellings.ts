/** How callers may write a body, for the compiler: what `body()` in fields.ts takes at run time. */
import type { z } from '@hono/zod-openapi'

/** camelCase and snake_case of a name. */
type Spellings<Name extends string> = Name | Camel<Name>
type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name

/** Every name that a field may go by. */
type NamesOf<Field extends string, Aliases> =
  | Spellings<Field>
  | { [Alias in keyof Aliases]: Aliases[Alias] extends Field ? Spellings<Alias & string> : never }[keyof Aliases]

/** A value under one of several names. */
type UnderOneOf<Names extends string, Value> = { [Name in Names]: Record<Name, Value> }[Names]

type RequiredOf<Shape extends z.ZodRawShape> = {
  [Field in keyof Shape]: undefined extends z.input<Shape[Field]> ? never : Field
}[keyof Shape]

/** A union of functions takes what all of them take: so the unions of names become one intersection. */
type Required<Shape extends z.ZodRawShape, Aliases> = {
  [Field in RequiredOf<Shape> & string]: (value: UnderOneOf<NamesOf<Field, Aliases>, z.input<Shape[Field]>>) => void
}[RequiredOf<Shape> & string]

/** The fields of a body, each under any of its names; those that are required under one of them at least. */
export type AsWritten<Shape extends z.ZodRawShape, Aliases> = {
  [Field in keyof Shape & string as NamesOf<Field, Aliases>]?: z.input<Shape[Field]>
} & ([Required<Shape, Aliases>] extends [(value: infer Fields) => void] ? Fields : never)
