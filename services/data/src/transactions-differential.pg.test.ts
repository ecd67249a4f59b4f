import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createDataApp, type DataApp } from './data-app.fixture.ts';

const CASES = proofSize('differential', { short: 300, full: 2000 });
const SEED = Number(process.env['ASHLAR_TEST_SEED'] ?? 20261121);
const RUNS = Math.ceil(CASES / 3);
const TIMEOUT_MS = 60_000 + CASES * 60;
const SUB = '00000000-0000-0000-0000-000000000001';

const app: DataApp = await createDataApp(`
  create table accounts (id int primary key, owner text, balance int not null default 10 check (balance >= 0));
  create table moves (id int primary key, account_id int references accounts deferrable initially deferred, amount int);
  alter table accounts enable row level security;
  create policy own on accounts using (owner is null or owner = current_setting('request.jwt.claims')::json ->> 'sub');
  revoke delete on moves from anon;
  create function add_to(account int, amount int) returns int language sql as $$
    update accounts set balance = balance + amount where id = account returning balance $$;
`);

afterAll(() => app[Symbol.asyncDispose]());

const START = `truncate accounts, moves;
  insert into accounts values (1, '${SUB}', 5), (2, 'somebody else', 5), (3, null, 5); insert into moves values (1, 1, 2)`;

/** One operation, and the statement that does the same; both may use the id the first operation returned. */
interface Pair {
  readonly operation: (firstId: unknown) => object;
  readonly sql: (firstId: string) => string;
}

const id = fc.integer({ min: 1, max: 5 });
const amount = fc.integer({ min: -6, max: 6 });
const owner = fc.constantFrom(null, SUB, 'somebody else');

const counted = (statement: string): string => `with r as (${statement} returning 1) select count(*)::text from r`;
const literal = (text: string | null): string => (text === null ? 'null' : `'${text}'`);

/** Either a plain number or what the first operation returned. */
const target = fc.oneof(
  id.map((number) => ({ json: (): unknown => number, sql: () => String(number) })),
  fc.constant({ json: (firstId: unknown) => firstId, sql: (firstId: string) => firstId }),
);

const pair: fc.Arbitrary<Pair> = fc.oneof(
  fc.record({ id, owner, balance: amount }).map(({ id: key, owner: whose, balance }) => ({
    operation: () => ({ op: 'insert', table: 'accounts', values: { id: key, owner: whose, balance } }),
    sql: () => counted(`insert into accounts values (${key}, ${literal(whose)}, ${balance})`),
  })),
  fc.record({ id, target, amount }).map(({ id: key, target: account, amount: sum }) => ({
    operation: (firstId: unknown) => ({
      op: 'insert',
      table: 'moves',
      values: { id: key, account_id: account.json(firstId), amount: sum },
    }),
    sql: (firstId: string) => counted(`insert into moves values (${key}, ${account.sql(firstId)}, ${sum})`),
  })),
  fc.record({ target, balance: amount }).map(({ target: account, balance }) => ({
    operation: (firstId: unknown) => ({
      op: 'update',
      table: 'accounts',
      where: { id: { gte: account.json(firstId) } },
      values: { balance },
    }),
    sql: (firstId: string) => counted(`update accounts set balance = ${balance} where id >= ${account.sql(firstId)}`),
  })),
  fc.record({ id, target }).map(({ id: key, target: account }) => ({
    operation: (firstId: unknown) => ({
      op: 'upsert',
      table: 'moves',
      values: { id: key, account_id: account.json(firstId) },
    }),
    sql: (firstId: string) =>
      counted(
        `insert into moves (id, account_id) values (${key}, ${account.sql(firstId)})
         on conflict (id) do update set id = excluded.id, account_id = excluded.account_id`,
      ),
  })),
  fc.record({ table: fc.constantFrom('accounts', 'moves'), target }).map(({ table, target: row }) => ({
    operation: (firstId: unknown) => ({ op: 'delete', table, where: { id: { in: [row.json(firstId), 4] } } }),
    sql: (firstId: string) => counted(`delete from ${table} where id in (${row.sql(firstId)}, 4)`),
  })),
  fc.record({ target, amount }).map(({ target: account, amount: sum }) => ({
    operation: (firstId: unknown) => ({
      op: 'rpc',
      function: 'add_to',
      arguments: { account: account.json(firstId), amount: sum },
    }),
    sql: (firstId: string) =>
      `select coalesce(to_json(add_to(account => ${account.sql(firstId)}, amount => ${sum}))::text, 'null')`,
  })),
  fc.constantFrom('accounts', 'moves').map((table) => ({
    operation: () => ({ op: 'select', table, order: 'id' }),
    sql: () => `select coalesce(json_agg(t order by id), '[]')::text from ${table} t`,
  })),
);

const first = {
  operation: { op: 'select', table: 'accounts', select: 'id', order: 'id', limit: 1, single: true },
  sql: 'select id::text from accounts order by id limit 1',
};

interface Outcome {
  readonly failure: { readonly code: string; readonly operation: number | null } | null;
  /** Of every operation but the first: rows read, value called, or number of rows written. */
  readonly results: readonly unknown[];
  readonly state: unknown;
}

async function stateAfter(): Promise<unknown> {
  const [row] = await app.project.sql(
    `select (select json_agg(a order by id) from accounts a) as accounts, (select json_agg(m order by id) from moves m) as moves`,
  );
  return row;
}

async function askPostgres(pairs: readonly Pair[], role: string): Promise<Outcome> {
  const { admin } = app.project;
  await admin.query(START);
  await admin.query('begin');
  let operation: number | null = 0;
  const results: unknown[] = [];
  let failure: Outcome['failure'] = null;
  try {
    await admin.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ role, sub: SUB })]);
    await admin.query(`set local role ${role}`);
    const { rows } = await admin.query<{ id: string }>(first.sql);
    for (const { sql } of pairs) {
      operation += 1;
      const result: { rows: unknown[][] } = await admin.query({ text: sql(rows[0]?.id ?? ''), rowMode: 'array' });
      results.push(JSON.parse(String(result.rows[0]?.[0])));
    }
    operation = null;
    await admin.query('commit');
  } catch (error) {
    await admin.query('rollback');
    failure = { code: error instanceof Error && 'code' in error ? String(error.code) : '', operation };
  }
  return { failure, results: failure === null ? results : [], state: await stateAfter() };
}

async function askService(pairs: readonly Pair[], role: string): Promise<Outcome> {
  await app.project.sql(START);
  const operations = [first.operation, ...pairs.map(({ operation }) => operation({ $ref: '/0/data/id' }))];
  const reply = await app.ask({ method: 'POST', url: '/transaction', role, sub: SUB, body: { operations } });
  // The form of both answers is the service's own, which other tests hold it to.
  const {
    results = [],
    code,
    operation,
  } = reply.json as {
    readonly results?: readonly { readonly count?: number; readonly data?: unknown }[];
    readonly code: string;
    readonly operation: number | null;
  };
  return {
    failure: reply.status === 200 ? null : { code, operation },
    results: results.slice(1).map(({ count, data }) => (data === undefined ? count : data)),
    state: await stateAfter(),
  };
}

for (const role of ['anon', 'authenticated', 'service_role']) {
  test(`transactions as ${role} do what the same statements do under that role`, { timeout: TIMEOUT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 8 }), async (pairs) => {
        expect(await askService(pairs, role)).toEqual(await askPostgres(pairs, role));
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
}
