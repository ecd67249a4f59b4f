/** A row of `scheduler.jobs` as the driver reads it. */
export interface JobRow {
  readonly id: string;
  readonly seq: string;
  readonly project: string;
  readonly queue: string;
  readonly task: string;
  readonly payload: unknown;
  readonly key: string | null;
  readonly lane: string | null;
  readonly priority: number;
  readonly state: JobState;
  readonly run_at: Date;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly backoff_ms: number;
  readonly timeout_ms: number;
  readonly deadline: Date | null;
  readonly authority: string;
  readonly cancel_requested: boolean;
  readonly progress: unknown;
  readonly result: unknown;
  readonly errors: readonly JobFailure[];
  readonly schedule: string | null;
  readonly scheduled_for: Date | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export const JOB_STATES = ['scheduled', 'waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobFailure {
  readonly attempt: number;
  readonly at: string;
  readonly message: string;
}
