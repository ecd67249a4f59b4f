import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { createUseCases } from '@ashlar/handlers';
import { createSessions, type DatabaseTarget, type ProjectDatabase, type Transaction } from '@ashlar/postgres';
import { SECRET_KEY } from '@ashlar/testing';
import { ignoreObservations } from '@ashlar/telemetry';
import { inventory } from './suite.ts';

/** What a process that is going to die is told. */
export interface Doom {
  readonly target: DatabaseTarget;
  readonly useCase: string;
  readonly input: unknown;
  readonly idempotencyKey: string;
  /** Dies at this statement of the command, counted from one; beyond the last it lives. */
  readonly statement: number;
  /** Before the statement is sent, or once its answer is there. */
  readonly when: 'before' | 'after';
}

/** Ends this process as nothing in it can prevent. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

function doomed(database: ProjectDatabase, { statement, when }: Doom): ProjectDatabase {
  let sent = 0;
  const counting = async <Answer>(send: () => Promise<Answer>): Promise<Answer> => {
    sent += 1;
    const mine = sent;
    if (mine === statement && when === 'before') die();
    const answer = await send();
    if (mine === statement) die();
    return answer;
  };
  return {
    ...database,
    transaction: (options, work) =>
      database.transaction(options, (tx) => {
        const watched: Transaction = Object.create(tx, {
          query: { value: (...args: Parameters<Transaction['query']>) => counting(() => tx.query(...args)) },
          execute: { value: (...args: Parameters<Transaction['execute']>) => counting(() => tx.execute(...args)) },
        }) as Transaction;
        return work(watched);
      }),
  };
}

process.once('message', (message) => {
  // Sent by the test that started this process.
  const doom = message as Doom;
  const sessions = createSessions({ observe: ignoreObservations });
  const useCases = createUseCases({ suites: [inventory] });
  const invocation = {
    caller: SECRET_KEY,
    via: 'test',
    requestId: randomUUID(),
    idempotencyKey: doom.idempotencyKey,
  } as const;
  const database = doomed(sessions.project(doom.target), doom);
  void useCases
    .invoke(doom.useCase, doom.input, { ...invocation, database })
    .finally(() => sessions.close())
    .finally(() => process.disconnect());
});
