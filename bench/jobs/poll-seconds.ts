/** How soon a prediction that still runs is looked at again, ours and the baseline's: little beside what is measured. */
export const POLL_SECONDS = 0.05
