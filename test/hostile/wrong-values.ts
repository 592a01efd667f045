/** What every field is given, and which fields take more than their schema says. */

export interface Value {
  name: string
  /** As JSON Schema calls it. */
  type: 'null' | 'number' | 'string' | 'array' | 'object' | 'boolean'
  value: unknown
  /** Text that no field takes, whatever its type. */
  never?: boolean
}

const HUGE = 'x'.repeat(100_000)

export const VALUES: Value[] = [
  { name: 'null', type: 'null', value: null },
  { name: 'a number', type: 'number', value: -1.5 },
  { name: 'a huge number', type: 'number', value: 1e300 },
  { name: 'a word', type: 'string', value: 'nonsense' },
  { name: 'a blank', type: 'string', value: '' },
  { name: 'a list', type: 'array', value: [[1], null] },
  { name: 'an object', type: 'object', value: { toString: 1, length: -1 } },
  { name: 'a boolean', type: 'boolean', value: true },
  { name: 'a text of 100 KB', type: 'string', value: HUGE },
  { name: 'a text with NUL', type: 'string', value: 'a\0b', never: true },
]

interface Exception {
  /** Without the route: fields of one name are read alike. */
  field: string
  takes: string[]
  because: string
}

/** The contract says so, or an earlier frontend sends it. Null and a blank count as absent in what may be absent. */
export const EXCEPTIONS: Exception[] = [
  {
    field: 'tags',
    takes: ['a word', 'a blank', 'a text of 100 KB'],
    because: 'a form sends a list as text, with commas',
  },
  { field: 'metadata', takes: ['a blank'], because: 'a form sends an object as text' },
  {
    field: 'job_id',
    takes: [],
    because: 'whatever is no number counts as missing: 400 "Missing required parameter: job_id"',
  },
]
