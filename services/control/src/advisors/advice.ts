/** How much it matters: an error lets the wrong people at data, a warning costs or may, a hint is worth a thought. */
export type Severity = 'error' | 'warning' | 'hint';

/** One check of a database, in plain SQL. */
export interface Advisor {
  readonly name: string;
  readonly severity: Severity;
  readonly about: 'security' | 'performance' | 'realtime';
  /** One sentence, whatever was found. */
  readonly says: string;
  readonly remedy: string;
  /**
   * Gives `object` and `detail` of each finding. `$1`: schemas the API exposes, as text[]. Runs as the project's owner
   * with an empty search path.
   */
  readonly sql: string;
}

export interface Advice extends Pick<Advisor, 'name' | 'severity' | 'about' | 'says' | 'remedy'> {
  /** `public.todos`, `public.todos.owner_id`, `public.add(integer)` */
  readonly object: string;
  readonly detail: string | null;
}
