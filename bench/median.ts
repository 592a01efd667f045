import { percentile } from './percentile.ts'

export const median = (values: number[]) => percentile(values, 0.5)
