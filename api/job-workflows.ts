/** How the API reaches a job's workflow: the one place that knows the Temporal client. */

export interface JobWorkflows {
  /** Starts the job's workflow; harmless when it runs already. */
  start(jobId: number): Promise<void>
  /** Tells the workflow that the row holds a decision (approved, rejected or canceled). */
  decided(jobId: number): Promise<void>
  /** Tells the workflow to look at a prediction now. */
  predictionChanged(jobId: number, predictionId: string): Promise<void>
}
