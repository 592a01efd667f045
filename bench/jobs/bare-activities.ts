/** What the bare workflow runs in place of our activities. */
export const bareActivities = {
  /** @returns when it began, milliseconds since 1970 */
  bareStep: async (): Promise<number> => Date.now(),
}

export type BareActivities = typeof bareActivities
