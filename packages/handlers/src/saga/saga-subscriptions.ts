import type { DomainEvent, Saga } from '@ashlar/kernel';
import type { ProjectDatabase, Subscription } from '@ashlar/postgres';
import type { JobQueue } from '@ashlar/service';
import { SagaInstance } from './saga-instance.ts';
import type { SagaRegistry } from './saga-registry.ts';
import { sagaJob } from './saga-task.ts';
import { sagaTransaction } from './saga-transaction.ts';

/** The organisation of an event that names none. */
const DEFAULT_ORGANISATION = '00000000-0000-0000-0000-000000000001';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Aggregates whose events are taken at once, for each saga. */
const CONCURRENCY = 4;

export interface SagaSubscriptionsOptions {
  readonly registry: SagaRegistry;
  readonly jobs: JobQueue;
  readonly project: string;
  readonly database: ProjectDatabase;
}

/**
 * What sagas hear of a project. The fact is written first, the job that acts on it is left afterwards; only then counts
 * the event as handled, so that after a crash between the two it comes again: the fact is known then, and the job is
 * left. A project without the suite does nothing about them.
 */
export function sagaSubscriptions(options: SagaSubscriptionsOptions): readonly Subscription[] {
  const { registry, jobs, project, database } = options;
  return registry.all.map(({ suite, saga }) => ({
    consumer: saga.name,
    types: saga.events,
    // Jobs are in another database.
    effects: 'outside',
    concurrency: CONCURRENCY,
    async handle(event, { signal }) {
      const key = saga.key(event);
      const orgId = event.orgid ?? DEFAULT_ORGANISATION;
      // Whoever may sign tokens of their own may name what is no organisation.
      if (key === null || !UUID.test(orgId)) return;
      const id = await takeEvent(database, { suite: suite.name, saga, orgId, key, event }, signal);
      if (id !== null) await jobs.add([sagaJob(project, id, event.id)]);
    },
  }));
}

interface Taken {
  readonly suite: string;
  readonly saga: Saga;
  readonly orgId: string;
  readonly key: string;
  readonly event: DomainEvent;
}

/** @returns The instance it is of; null where the suite is not, or nothing can follow from it yet. */
function takeEvent(
  database: ProjectDatabase,
  { suite, saga, orgId, key, event }: Taken,
  signal: AbortSignal,
): Promise<string | null> {
  return sagaTransaction(
    database,
    async (tx) => {
      const { rows } = await tx.query('select from suites.installed where name = $1 and removed_at is null', [suite]);
      if (rows.length === 0) return null;
      const instance = await SagaInstance.ensure(tx, saga, orgId, key);
      const isNew = await instance.takeEvent(event);
      if (isNew) await instance.save(instance.isBegun ? 'running' : 'waiting');
      return instance.isBegun ? instance.row.id : null;
    },
    { signal },
  );
}
