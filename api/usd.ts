/** Micro-USD as USD, exact to the millionth. */
export const usd = (microUsd: number) => microUsd / 1_000_000
