import { randomUUID } from 'node:crypto';
import { AshlarError } from '@ashlar/kernel';
import type { ProjectDatabase } from '@ashlar/postgres';
import type { OrderShop } from './orders.fixture.ts';

/**
 * What befalls a command on its way: `undone` fails at its end, before the commit; `unheard` is committed, and its answer
 * gets lost; `twice` is sent two times at once.
 */
export type Trouble = 'none' | 'undone' | 'unheard' | 'twice';

class CutOff extends Error {}

/** Of attempts under one key, before the trouble is no longer what the test meant. */
const MOST_ATTEMPTS = 20;
/** What PostgreSQL says when it ends a connection. */
const ENDED = new Set(['57P01', '57P02', '57P03', '08000', '08003', '08006']);

/** Commands as a careful caller sends them: under a key, and again until they are answered. */
export function throughTrouble(
  invoke: OrderShop['do'],
  database: ProjectDatabase,
  trouble: () => Trouble,
): OrderShop['do'] {
  return async (name, input, more = {}) => {
    const keyed = { idempotencyKey: randomUUID(), ...more };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const fate = trouble();
        if (fate === 'none') return await invoke(name, input, keyed);
        if (fate !== 'twice') return await invoke(name, input, { ...keyed, database: cutOff(database, fate) });
        const both = await Promise.allSettled([invoke(name, input, keyed), invoke(name, input, keyed)]);
        const answered = both.find((one) => one.status === 'fulfilled');
        if (answered !== undefined) return answered.value;
        throw (both[0] as PromiseRejectedResult).reason;
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS || !isCutOff(error)) throw error;
      }
    }
  };
}

/** Ends every connection of the project at once, whatever they are doing. */
export async function cutConnections({ project }: OrderShop): Promise<void> {
  await project.test.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
}

function cutOff(database: ProjectDatabase, fate: 'undone' | 'unheard'): ProjectDatabase {
  const transaction: ProjectDatabase['transaction'] = async (options, run) => {
    if (fate === 'undone') {
      return database.transaction(options, async (tx) => {
        await run(tx);
        throw new CutOff('Cut off before the commit');
      });
    }
    await database.transaction(options, run);
    throw new CutOff('Cut off before the answer');
  };
  const call: ProjectDatabase['call'] = (wanted) => database.call(wanted);
  return Object.create(database, { transaction: { value: transaction }, call: { value: call } }) as ProjectDatabase;
}

function isCutOff(error: unknown): boolean {
  if (error instanceof CutOff) return true;
  if (error instanceof AshlarError) return error.kind === 'unavailable';
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string') return ENDED.has(error.code) || error.code === 'ECONNRESET';
  return /connection (?:terminated|ended|lost)|Connection terminated/i.test(error.message);
}
