import process from 'node:process';
import type { DomainEvent } from '@ashlar/kernel';
import { createSessions, type DatabaseTarget, type ProjectDatabase } from '@ashlar/postgres';
import type { JobQueue } from '@ashlar/service';
import { ignoreObservations } from '@ashlar/telemetry';
import { setTimeout as delay } from 'node:timers/promises';
import { courier } from '../courier.fixture.ts';
import { depot } from '../depot.fixture.ts';
import { createUseCases } from '../runtime/create-use-cases.ts';
import { advanceSaga } from './advance-saga.ts';
import { sagaRegistry } from './saga-registry.ts';
import { sagaSubscriptions } from './saga-subscriptions.ts';

/** What a process is told that is going to die. */
export interface SagaDoom {
  readonly target: DatabaseTarget;
  /** Of each delivery the events, all of which are told again to each process. */
  readonly deliveries: readonly (readonly DomainEvent[])[];
  /** Dies when so many commands are committed, before what came of the last is written; null: it lives. */
  readonly commands: number | null;
}

/** Deliveries at once. */
const CONCURRENCY = 8;

function doomed(database: ProjectDatabase, { commands }: SagaDoom): ProjectDatabase {
  let done = 0;
  const transaction: ProjectDatabase['transaction'] = async (options, run) => {
    const result = await database.transaction(options, run);
    if (options.role === 'suites_owner') return result;
    done += 1;
    if (done === commands) {
      process.kill(process.pid, 'SIGKILL');
      // Nothing more is said before it is dead.
      await new Promise(() => undefined);
    }
    return result;
  };
  const call: ProjectDatabase['call'] = (wanted) => database.call(wanted);
  return Object.create(database, { transaction: { value: transaction }, call: { value: call } }) as ProjectDatabase;
}

async function work(doom: SagaDoom): Promise<void> {
  const sessions = createSessions({ observe: ignoreObservations });
  const database = doomed(sessions.project(doom.target), doom);
  const useCases = createUseCases({ suites: [depot, courier] });
  const registry = sagaRegistry([courier]);
  const waiting = [...doom.deliveries];
  const one = async (): Promise<void> => {
    for (let events = waiting.shift(); events !== undefined; events = waiting.shift()) {
      const left = new Set<string>();
      const jobs: JobQueue = {
        add: async (added) => added.forEach(({ payload }) => left.add(String(payload.saga))),
      };
      const [subscription] = sagaSubscriptions({ registry, jobs, project: doom.target.ref, database });
      if (subscription === undefined || !('handle' in subscription) || subscription.effects !== 'outside') continue;
      for (const event of events) await subscription.handle(event, { signal: new AbortController().signal });
      for (const id of left) await advanceToItsEnd(id);
    }
  };
  const advanceToItsEnd = async (id: string): Promise<void> => {
    for (;;) {
      const [wakeAt] = await advanceSaga(id, {
        database,
        useCases,
        find: registry.find,
        retry: { attempts: 10_000, firstMs: 20, longestMs: 100 },
        now: () => new Date(),
        onFault: (error) => console.error(error),
      });
      if (wakeAt === undefined) return;
      await delay(Math.max(1, wakeAt.getTime() - Date.now()));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, one));
  await sessions.close();
}

process.once('message', (message) => {
  // Sent by the test that started this process.
  void work(message as SagaDoom).finally(() => process.disconnect());
});
