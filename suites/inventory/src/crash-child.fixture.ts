import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
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

const STDOUT = 1;

/** Says where it is, and ends this process as nothing in it can prevent. */
function die(statement: string): never {
  writeSync(STDOUT, shortName(statement));
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

/** What a statement does to what: `insert inventory.documents`, `select for update inventory.stock_levels`. */
function shortName(text: string): string {
  const verb = /\w+/.exec(text)?.[0] ?? '';
  const [, subject = ''] = /\b(?:from|into|update)\s+("?\w+"?\."?\w+)/i.exec(text) ?? /(suites\.\w+)/.exec(text) ?? [];
  return `${verb.toLowerCase()} ${/for update/i.test(text) ? 'for update ' : ''}${subject.replaceAll('"', '')}`;
}

function doomed(database: ProjectDatabase, { statement, when }: Doom): ProjectDatabase {
  let sent = 0;
  const counting = async <Answer>(text: string, send: () => Promise<Answer>): Promise<Answer> => {
    sent += 1;
    const mine = sent;
    if (mine === statement && when === 'before') die(text);
    const answer = await send();
    if (mine === statement) die(text);
    return answer;
  };
  return {
    ...database,
    transaction: (options, work) =>
      database.transaction(options, (tx) => {
        const watched: Transaction = Object.create(tx, {
          query: { value: (...args: Parameters<Transaction['query']>) => counting(args[0], () => tx.query(...args)) },
          execute: {
            value: (...args: Parameters<Transaction['execute']>) =>
              counting(args[0].statement.text, () => tx.execute(...args)),
          },
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
