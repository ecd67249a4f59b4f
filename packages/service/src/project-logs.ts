import type { LogAttachment, LogConsumer } from '@ashlar/postgres';
import type { Project } from './project.ts';

/** What is committed in the databases of projects, for the services of this process that want to hear of it. */
export interface ProjectLogs {
  /**
   * The listener hears what is committed from its start on, whichever process reads the log. It acknowledges nothing;
   * what must not be missed is an event, for which a service has `subscriptions`.
   *
   * @returns null where the database server gives nobody its log.
   */
  listen(project: Project, listener: LogListener): LogAttachment | null;
}

/** It has to return at once; its failure is its own affair. */
export type LogListener = Pick<LogConsumer, 'name' | 'onStart' | 'onBatch' | 'onNote'>;
