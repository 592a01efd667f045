/** The API's routes as a caller uses them: the app's type, made comfortable. Types alone; nothing of the server is loaded. */
import type { Hono } from 'hono'
import type { Endpoint, ExtractSchema } from 'hono/types'
import type { App } from '../api/app.ts'
import type { Refusal } from './refusal.ts'

/** Any route may refuse like this, whatever else it describes. */
type AnyRefusal = 401 | 403 | 413 | 500 | 503

/** Ids and queries may be numbers: they become text in the URL. A query parameter is left out, never null. */
type Comfortable<Part, Fields> = Part extends 'param'
  ? { [Field in keyof Fields]: Fields[Field] | number }
  : Part extends 'query'
    ? { [Field in keyof Fields]: Exclude<Fields[Field], null> }
    : Fields

/** A part whose every field may be left out may be left out itself. */
type Input<Parts> = {
  [Part in keyof Parts as object extends Parts[Part] ? never : Part]: Comfortable<Part, Parts[Part]>
} & {
  [Part in keyof Parts as object extends Parts[Part] ? Part : never]?: Comfortable<Part, Parts[Part]>
}

type Route<E extends Endpoint> =
  | { input: Input<E['input']>; output: E['output']; outputFormat: E['outputFormat']; status: E['status'] }
  | { input: Input<E['input']>; output: Refusal; outputFormat: 'json'; status: AnyRefusal }

type RoutesOf<Schema> = {
  [Path in keyof Schema]: {
    [Method in keyof Schema[Path]]: Schema[Path][Method] extends infer E
      ? E extends Endpoint
        ? Route<E>
        : never
      : never
  }
}

/** What `hc` makes the client of. */
export type Routes = Hono<object, RoutesOf<ExtractSchema<App>>, '/'>
