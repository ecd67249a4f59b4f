import { randomUUID } from 'node:crypto';
import type { ProjectDatabase, Transaction } from '@ashlar/postgres';
import { createSuiteProject } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { depot, releaseParcel, storeParcel } from '../depot.fixture.ts';

/** A database that counts how often somebody had to wait for it before going on. */
function counted(database: ProjectDatabase): { readonly database: ProjectDatabase; readonly waits: () => number } {
  let waits = 0;
  const inTransaction = (tx: Transaction) => {
    let underWay = 0;
    const note = <Result>(answer: Promise<Result>): Promise<Result> => {
      if (underWay === 0) waits += 1;
      underWay += 1;
      const ended = (): void => void (underWay -= 1);
      answer.then(ended, ended);
      return answer;
    };
    const counting: Transaction = {
      query: (text, values) => note(tx.query(text, values)),
      execute: (step) => note(tx.execute(step)),
      executeAll: (statements) => note(tx.executeAll(statements)),
    };
    return { counting, atCommit: () => void (waits += underWay === 0 ? 1 : 0) };
  };
  const proxy: ProjectDatabase = Object.create(database, {
    transaction: {
      value: (...[options, run]: Parameters<ProjectDatabase['transaction']>) =>
        database.transaction(options, async (tx) => {
          const { counting, atCommit } = inTransaction(tx);
          const result = await run(counting);
          atCommit();
          return result;
        }),
    },
  });
  return { database: proxy, waits: () => waits };
}

test('a command that writes waits twice for the database, one that reads first three times', async () => {
  await using project = await createSuiteProject({ suites: [depot] });
  const clerk = await project.addMember(['depot.*'].concat('depot.store', 'depot.release'));
  const run = async (name: string, input: object, caller = clerk) => {
    const { database, waits } = counted(project.test.database);
    const invocation = {
      database,
      caller,
      via: 'test',
      requestId: randomUUID(),
      idempotencyKey: randomUUID(),
    } as const;
    const { output } = await project.useCases.invoke(name, input, invocation);
    return { output: output as { readonly id: string }, waits: waits() };
  };
  const stored = await run(storeParcel.name, { code: 'R-1', weight: '5' });
  expect(stored.waits).toBe(2);
  expect((await run(releaseParcel.name, { parcelId: stored.output.id })).waits).toBe(3);
  // Whoever names no organisation has it looked up first.
  const { org: _org, ...claims } = clerk.claims;
  expect((await run(storeParcel.name, { code: 'R-2', weight: '5' }, { ...clerk, claims })).waits).toBe(3);
});
