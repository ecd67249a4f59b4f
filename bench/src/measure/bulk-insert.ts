import { Client } from 'pg';
import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import { httpLoad, type LoadRequest } from '../load/http-load.ts';
import type { DriverProcess } from '../rivals/driver-process.ts';
import type { Effort } from './compare-scenario.ts';
import { interleave } from './interleave.ts';

/** Inserts of 10,000 rows per second, one after another. */
export interface BulkInsertFigures {
  readonly ours: number;
  readonly driver: number;
}

const ROWS = 10_000;
/** Enough runs of the statement that one more or less does not show. */
const LEAST_SECONDS = 2;

/** 10,000 rows as one JSON array beside one INSERT with a list of rows, each value a parameter. */
export async function measureBulkInsert(
  instance: Instance,
  driver: DriverProcess,
  effort: Effort,
): Promise<BulkInsertFigures> {
  const { anonKey, jwtSecret } = instance.keys.keys;
  const user = benchUser(0, jwtSecret);
  const seconds = Math.max(effort.secondsPerRun, LEAST_SECONDS);
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    title: `Bulk row number ${row}`,
    amount: row,
    done: row % 3 === 0,
  }));
  const request: LoadRequest = {
    method: 'POST',
    path: '/rest/v1/bench_bulk',
    headers: {
      apikey: anonKey,
      authorization: `Bearer ${user.token}`,
      'content-type': 'application/json',
      prefer: 'return=minimal',
    },
    body: JSON.stringify(rows),
  };
  const list = rows.map((_, row) => `($${row * 3 + 1},$${row * 3 + 2},$${row * 3 + 3})`).join(',');
  const statement = {
    connection: instance.login('authenticator'),
    claims: user.claims,
    name: 'bench_bulk',
    statement: `INSERT INTO public.bench_bulk (title, amount, done) VALUES ${list}`,
    values: [rows.flatMap(({ title, amount, done }) => [title, String(amount), String(done)])],
    seconds,
    inFlight: 1,
  };
  const owner = new Client(instance.login('owner'));
  await owner.connect();
  try {
    return await interleave(effort.rounds, {
      ours: async () => {
        await owner.query('truncate public.bench_bulk');
        const { perSecond, failures } = await httpLoad({
          url: instance.url,
          requests: [request],
          connections: 1,
          seconds,
        });
        if (failures > 0) throw new Error(`Bulk insert: ${failures} requests failed`);
        await requireWholeInserts(owner);
        return perSecond;
      },
      driver: async () => {
        await owner.query('truncate public.bench_bulk');
        const perSecond = await driver.measure(statement);
        await requireWholeInserts(owner);
        return perSecond;
      },
    });
  } finally {
    await owner.query('truncate public.bench_bulk');
    await owner.end();
  }
}

/** What was measured did happen: some rows, and every insert with all of its own. */
async function requireWholeInserts(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ count: number }>('select count(*)::int as count from public.bench_bulk');
  const count = rows[0]?.count ?? 0;
  if (count === 0 || count % ROWS !== 0) throw new Error(`Bulk insert left ${count} rows`);
}
