/** How often predictions were asked for, whether or not they were created: what a rate limit is about. */

const MINUTE_MS = 60_000

export interface Load {
  /** Requests to create a prediction. */
  creates: number
  /** How many of them were more than the provider takes in a minute. */
  over_limit: number
  most_in_a_minute: number
  /** In the busiest ten seconds. */
  most_in_ten_seconds: number
}

export class CreateLog {
  /** Milliseconds since 1970, in order. */
  #times: number[] = []
  #overLimit = 0

  note(): void {
    this.#times.push(Date.now())
  }

  noteOverLimit(): void {
    this.#overLimit += 1
  }

  load(): Load {
    return {
      creates: this.#times.length,
      over_limit: this.#overLimit,
      most_in_a_minute: this.#mostWithin(MINUTE_MS),
      most_in_ten_seconds: this.#mostWithin(MINUTE_MS / 6),
    }
  }

  clear(): void {
    this.#times = []
    this.#overLimit = 0
  }

  #mostWithin(ms: number): number {
    let first = 0
    let most = 0
    for (const [index, time] of this.#times.entries()) {
      while ((this.#times[first] ?? time) <= time - ms) first += 1
      most = Math.max(most, index - first + 1)
    }
    return most
  }
}
