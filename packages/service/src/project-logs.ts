import type { LogConsumer, Lsn } from '@ashlar/postgres';
import type { Project } from './project.ts';

/** What is committed in the databases of projects, for the services of this process that want to hear of it. */
export interface ProjectLogs {
  /**
   * The listener hears what is committed from its start on, whichever process reads the log. It acknowledges nothing;
   * what must not be missed is an event, for which a service has `subscriptions`.
   *
   * @returns null where the database server gives nobody its log.
   */
  listen(project: Project, listener: LogListener): LogListening | null;
}

/** It has to return at once; its failure is its own affair. */
export interface LogListener extends Pick<LogConsumer, 'name' | 'onStart' | 'onBatch' | 'onNote'> {
  /**
   * The tables it wants to hear of, and nothing else: it may then be told by the process that reads the log, where
   * there is a way, of changes of these tables alone. Absent: it wants all there is, and this process reads for it.
   */
  readonly interest?: () => readonly TablePattern[];
}

/** Tables by name; null stands for any. */
export interface TablePattern {
  readonly schema: string | null;
  readonly table: string | null;
}

export interface LogListening {
  /** Hears no more. */
  detach(): void;
  /**
   * To be called when `interest` has grown. Resolves once all that is committed from now on is told, with a position:
   * of what the interest did not name before, all that was committed after it.
   */
  renew(): Promise<Lsn>;
}
