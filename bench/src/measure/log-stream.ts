import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogStream, openEmbeddedCluster } from '@ashlar/postgres';
import { Client } from 'pg';

const TRANSACTIONS = 100_000;
const LARGE_ROWS = 500_000;
const RUNS = 3;

/** Changes a second. */
export interface LogStreamFigures {
  readonly inOneTransaction: number;
  readonly inOneEach: number;
}

const ONE_TRANSACTION = `insert into bench select n, n % 7 = 0, repeat('x', 60), now() from generate_series(1, ${LARGE_ROWS}) n`;
const ONE_EACH = `do $$
  begin
    for n in 1..${TRANSACTIONS} loop
      insert into bench values (n, true, repeat('x', 60), now());
      commit;
    end loop;
  end $$`;

/**
 * Changes a second from the log to a consumer, decoded. They are written first and read afterwards, so that writer and
 * reader do not share the machine's cores; the consumer reads every value's length.
 */
export async function measureLogStream(): Promise<LogStreamFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-stream-'));
  // As root the server runs as nobody, who has to pass through.
  await chmod(folder, 0o755);
  const cluster = await openEmbeddedCluster({
    dataDir: folder,
    superuserPassword: 'bench',
    platformPassword: 'bench',
    port: 0,
    observe: () => undefined,
  });
  const access = cluster.admin('postgres');
  const client = new Client(access);
  try {
    await client.connect();
    await client.query(`
      create table bench (id int, done bool, text text, at timestamptz);
      create publication bench for table bench`);
    const perSecond = async (sql: string, changes: number): Promise<number> => {
      const rates: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        // Where the stream will look for it.
        await client.query(`select pg_create_logical_replication_slot('ashlar_' || oid, 'pgoutput')
                              from pg_database where datname = current_database()`);
        // Writing is not what is measured; the last commit takes all before it to the disk.
        await client.query('set synchronous_commit = off');
        await client.query(sql);
        await client.query('set synchronous_commit = on');
        await client.query('create table written (); drop table written');
        rates.push(changes / (await secondsToRead(access, changes)));
      }
      return rates.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
    };
    return {
      inOneTransaction: await perSecond(ONE_TRANSACTION, LARGE_ROWS),
      inOneEach: await perSecond(ONE_EACH, TRANSACTIONS),
    };
  } finally {
    await client.end();
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function secondsToRead(
  access: Parameters<typeof createLogStream>[0]['access'],
  changes: number,
): Promise<number> {
  const stream = createLogStream({ project: 'bench', access, observe: () => undefined, publications: ['bench'] });
  const done = Promise.withResolvers<void>();
  const startedAt = performance.now();
  let seen = 0;
  let characters = 0;
  stream.attach({
    name: 'bench',
    isDurable: true,
    onStart: () => undefined,
    onBatch(batch) {
      for (const change of batch.changes) {
        if (change.kind !== 'insert') continue;
        for (const value of change.row) characters += value?.length ?? 0;
      }
      seen += batch.changes.length;
      if (seen === changes) done.resolve();
    },
  });
  await done.promise;
  const seconds = (performance.now() - startedAt) / 1000;
  if (characters === 0) throw new Error('The log held no values');
  await stream.close();
  await stream.forget();
  return seconds;
}
