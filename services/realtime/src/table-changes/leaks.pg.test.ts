import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRealtimeFixture, type RawClient, type RealtimeFixture } from '../realtime-fixture.ts';
import { createLeakTables, LISTENERS, TABLES, visibleTo } from './leaks.fixture.ts';

const ROUNDS = proofSize('realtime-leaks', { short: 12, full: 2_000 });
/** Two thousand rounds take as long as the machine needs. */
const TIMEOUT_MS = proofSize('realtime-leaks', { short: 120_000, full: 4 * 3_600_000 });
const SEED = 20_260_105;

let realtime: RealtimeFixture;
let clients: readonly RawClient[];
let barriers = 0;

beforeAll(async () => {
  realtime = await createRealtimeFixture();
  await createLeakTables(realtime.project);
  clients = await Promise.all(
    LISTENERS.map(async ({ role, claims }) => {
      const client = await realtime.connect({ key: realtime.token({ role, ...claims }) });
      const config = { postgres_changes: [{ event: '*', schema: 'public' }], postgres_changes_options: { wait: true } };
      client.send(['1', '1', 'realtime:leaks', 'phx_join', { config }]);
      expect((await client.heard('phx_reply', '1'))[4]).toMatchObject({ status: 'ok' });
      return client;
    }),
  );
});

afterAll(() => realtime?.[Symbol.asyncDispose]());

interface Data {
  readonly table: string;
  readonly type: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly record?: { readonly id: number };
  readonly old_record?: { readonly id: number };
  readonly errors: unknown;
}

/** What a listener was told since the last time, once everybody was told all of it. */
async function toldUntilNow(): Promise<readonly (readonly Data[])[]> {
  const id = ++barriers;
  await realtime.project.sql(`insert into barrier values (${id})`);
  const isDone = (): boolean =>
    clients.every(({ frames }) =>
      frames.some(
        (frame) => Array.isArray(frame) && frame[4]?.data?.table === 'barrier' && frame[4].data.record.id === id,
      ),
    );
  await expect.poll(isDone, { timeout: 30_000, interval: 2 }).toBe(true);
  return clients.map(({ frames }) => {
    const data = frames
      .splice(0)
      .flatMap((frame) => (Array.isArray(frame) && frame[3] === 'postgres_changes' ? [frame[4].data as Data] : []));
    return data.filter(({ table }) => table !== 'barrier');
  });
}

const text = (...values: readonly string[]): fc.Arbitrary<string | null> => fc.constantFrom(...values, null);
const rows = fc.record({
  owner: text('ada', 'ibn'),
  room: text('a', 'b', 'c'),
  tenant: text('red', 'blue', 'green'),
  flag: fc.constantFrom(true, false, null),
});
type Values = typeof rows extends fc.Arbitrary<infer Row> ? Row : never;
const steps = fc.array(
  fc.record({
    table: fc.constantFrom(...TABLES),
    id: fc.nat(7),
    kind: fc.constantFrom('put', 'put', 'delete'),
    values: rows,
  }),
  { minLength: 1, maxLength: 12 },
);

interface Step {
  readonly table: string;
  readonly id: number;
  readonly kind: string;
  readonly values: Values;
}

/** One change of each row at most, so that what is there at the end is what the change left. */
function distinct(all: readonly Step[]): readonly Step[] {
  return [...new Map(all.map((step) => [`${step.table} ${step.id}`, step])).values()];
}

async function write({ table, id, kind, values: { owner, room, tenant, flag } }: Step): Promise<void> {
  if (kind === 'delete') {
    await realtime.project.sql(`delete from ${table} where id = $1`, [id]);
    return;
  }
  await realtime.project.sql(
    `insert into ${table} values ($1, $2, $3, $4, $5) on conflict (id) do update set (owner, room, tenant, flag) =
       (excluded.owner, excluded.room, excluded.tenant, excluded.flag)`,
    [id, owner, room, tenant, flag],
  );
}

async function check(given: readonly Step[]): Promise<void> {
  const batch = distinct(given);
  const tables = [...new Set(batch.map(({ table }) => table))];
  const look = (): Promise<Map<string, ReadonlyMap<number, unknown>>[]> =>
    Promise.all(
      LISTENERS.map(async (listener) => {
        const seen = await Promise.all(
          tables.map(async (table) => [table, await visibleTo(realtime.project, listener, table)] as const),
        );
        return new Map(seen);
      }),
    );
  const before = await look();
  for (const step of batch) await write(step);
  const after = await look();
  const told = await toldUntilNow();
  LISTENERS.forEach((listener, index) => {
    const wanted = batch.flatMap(({ table, id, kind }) => {
      if (kind === 'delete') {
        return before[index]?.get(table)?.has(id) === true ? [`${table} DELETE ${id}`] : [];
      }
      const row = after[index]?.get(table)?.get(id);
      return row === undefined ? [] : [`${table} PUT ${JSON.stringify(row)}`];
    });
    const got = told[index]?.map(({ table, type, record, old_record: old, errors }) => {
      expect(errors, `${table} for ${JSON.stringify(listener)}`).toBeNull();
      if (type !== 'DELETE') return `${table} PUT ${JSON.stringify(record)}`;
      // Of a row under a policy only the key is told.
      if (table !== 'unprotected' && listener.role !== 'service_role') expect(Object.keys(old ?? {})).toEqual(['id']);
      return `${table} DELETE ${old?.id}`;
    });
    expect(got, JSON.stringify(listener)).toEqual(wanted);
  });
}

test(
  `whoever listens is told of exactly the rows that plain SQL shows, in ${ROUNDS} random rounds`,
  async () => {
    await fc.assert(fc.asyncProperty(steps, check), { seed: SEED, numRuns: ROUNDS, endOnFailure: true });
  },
  TIMEOUT_MS,
);

test('every table is told of to somebody and, where a policy forbids, not to another', async () => {
  const values = { owner: 'ada', room: 'a', tenant: 'red', flag: true };
  await check(TABLES.map((table) => ({ table, id: 100, kind: 'put', values })));
  await check(
    TABLES.map((table) => ({ table, id: 100, kind: 'put', values: { ...values, tenant: 'blue', flag: false } })),
  );
  await check(TABLES.map((table) => ({ table, id: 100, kind: 'delete', values })));
});

test('a member who is removed hears nothing of what comes after', async () => {
  await realtime.project.sql(`insert into members values ('ibn', 'c')`);
  const values = { owner: null, room: 'c', tenant: null, flag: null };
  await check([{ table: 'membership', id: 200, kind: 'put', values }]);
  await realtime.project.sql(`delete from members where room = 'c'`);
  await check([{ table: 'membership', id: 200, kind: 'put', values: { ...values, flag: true } }]);
  await check([{ table: 'membership', id: 200, kind: 'delete', values }]);
});

test('without the whole old row a deletion is told to those whom no policy concerns', async () => {
  await realtime.project.sql(`alter table own replica identity default; insert into own values (300, 'ada')`);
  await toldUntilNow();
  await realtime.project.sql('delete from own where id = 300');
  const told = await toldUntilNow();
  expect(told.map((data) => data.length)).toEqual([0, 0, 0, 0, 1]);
  await realtime.project.sql('alter table own replica identity full');
});
