/**
 * Work that outlives the request it came from: kept in the database, done at least once by some process of the
 * instance, tried again when it fails.
 */

/** What a job is told; plain JSON. */
export type JobPayload = Readonly<Record<string, unknown>>;

export interface Job {
  /** Name of the task that does it. */
  readonly task: string;
  readonly payload: JobPayload;
  /** No two jobs of one key and project are there at once, until they have ended. */
  readonly key: string;
  /** What becomes of a job when one of its key is there already: the older stays as it is, or gives way. */
  readonly repeat: 'keep' | 'replace';
  /** Whose job it is: it shows in the project's list, and its history is kept. Absent: nobody's but the platform's. */
  readonly project?: string;
  /** Name of the queue; absent: the task's name. */
  readonly queue?: string;
  /** Not before; absent = now. */
  readonly runAt?: Date;
  /** Jobs of one lane are done one after the other. */
  readonly lane?: string;
  /** Lower ones first; 0 by default. */
  readonly priority?: number;
  /** Attempts before it is given up; 25 by default. */
  readonly maxAttempts?: number;
  /** Of one attempt; ten minutes by default. */
  readonly timeoutMs?: number;
  /** Of the job with all its attempts. */
  readonly deadline?: Date;
}

/** Where services leave jobs. */
export interface JobQueue {
  /** All of them or none. @throws When the control database is away; nothing was added then. */
  add(jobs: readonly Job[]): Promise<void>;
}

export interface JobRun {
  readonly id: string;
  /** Whose job it is; empty for the platform's own. */
  readonly project: string;
  /** The most it may do: the database role of who asked for it. */
  readonly authority: string;
  /** Schedule it came from, and the time it was due by it. */
  readonly schedule: { readonly name: string; readonly at: Date } | null;
  /** From 1; more than one when a run before this failed or its process was killed. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Aborted when the process stops, the job is cancelled, or its time is over. */
  readonly signal: AbortSignal;
  /** Tells how far it is; the last word counts. At most 4 KiB of JSON. */
  progress(value: unknown): void;
  /**
   * Does a part of the job once: its result is kept, and a later attempt is given that instead of doing it again. A
   * part whose process ends before the result was written is repeated.
   *
   * @param name Unique within the job, at most 200 characters.
   */
  step<Result>(name: string, part: () => Promise<Result>): Promise<Result>;
}

/**
 * One kind of job and how it is done. A run that throws is repeated with growing pauses up to the job's attempts; its
 * error's message is kept beside the job meanwhile, so it must hold nothing secret.
 */
export interface Task {
  readonly name: string;
  /**
   * @param payload As it was added, but by whom is not known: to be checked like any input.
   * @returns What is shown as the job's result, at most 64 KiB of JSON.
   * @throws {JobRejection} When another attempt would end alike.
   */
  readonly run: (payload: unknown, run: JobRun) => Promise<unknown>;
}

/** Ends a job for good. */
export class JobRejection extends Error {
  override readonly name = 'JobRejection';
}
