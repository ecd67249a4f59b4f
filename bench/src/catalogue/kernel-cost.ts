import { randomUUID } from 'node:crypto';
import { createUseCases } from '@ashlar/handlers';
import type { CallResult, ProjectDatabase, Transaction } from '@ashlar/postgres';
import { product } from '@ashlar/suite-product';

const ORGANISATION = '00000000-0000-0000-0000-000000000001';
const nothing: CallResult = { fields: [], rows: [], rowCount: 0, command: 'INSERT' } as unknown as CallResult;

/** A database that answers at once: what is left is what a command costs beyond its SQL. */
const instant: Transaction = {
  // The one question a command asks before its own is for the organisation.
  query: async <Row>() => ({ rows: [{ org: ORGANISATION }] as Row[], rowCount: 1 }),
  execute: async () => nothing,
  executeAll: async () => ({ answers: [], error: null }),
};
const database = {
  transaction: async (_options: unknown, run: (tx: Transaction) => Promise<unknown>) => run(instant),
} as unknown as ProjectDatabase;

/** Milliseconds of CPU a command takes of the server beyond its SQL: input, key, audit, events and answer. */
export async function kernelCostMs(commands: number): Promise<number> {
  const useCases = createUseCases({ suites: [product] });
  const invocation = {
    database,
    caller: { role: 'service_role', claims: { role: 'service_role' } },
    via: 'http',
  } as const;
  const run = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const input = { title: { en: `Category ${n}`, ar: `فئة ${n}` }, slug: `category-${n}`, position: n % 100 };
      const own = { requestId: randomUUID(), idempotencyKey: `bench-${n}` };
      await useCases.invoke('product.create-category', input, { ...invocation, ...own });
    }
  };
  await run(commands);
  const before = process.cpuUsage();
  await run(commands);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / commands;
}
