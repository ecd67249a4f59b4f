import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, proofSize, type RunningServer, startServer } from '@ashlar/testing';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import {
  COST,
  type Fate,
  GROSS,
  isSent,
  OrderWorld,
  paid,
  type Policy,
  PRICE,
  type WorldOrder,
} from './order-crash.fixture.ts';

const ORDERS = proofSize('order-crash', { short: 10, full: 200 });
const KILLS = proofSize('order-crash', { short: 2, full: 24 });
/** As far as it takes to cut off each step once. */
const MOST_KILLS = proofSize('order-crash', { short: 2, full: 72 });
const AT_ONCE = proofSize('order-crash', { short: 10, full: 24 });
/** Of all that is asked for one order; a hung one must still end. */
const PATIENCE_MS = proofSize('order-crash', { short: 120_000, full: 900_000 });
const START = 10_000;
const SEED = 20_261_121;

const invoiceOns = ['place', 'capture', 'ship'] as const;
const captureOns = ['place', 'ship'] as const;
const fates: readonly Fate[] = [
  'kept',
  'returned',
  'declined',
  'cancelled',
  'short',
  'late',
  'kept',
  'cancelled',
  // Takes a minute, which a short run has not got.
  ...(ORDERS >= 200 ? (['unpaid'] as const) : []),
];
/** Every step an order takes on these ways, but for those a person's refusal leads to. */
const STEPS = [
  'reserve',
  'note-reservation',
  'describe',
  'bill',
  'note',
  'pay',
  'confirm',
  'allocate',
  'issue',
  'shipped',
  'complete',
  'credit',
  'refund',
  'release',
  'end',
  'restock',
  'close',
];

/** JSON as a client reads it. */
// oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
type Json = any;

test(
  'whatever is killed on the way from order to cash, every order ends finished or undone, and money, stock and books say the same',
  { timeout: 4 * 3_600_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ashlar-order-crash-'));
    const environment = { ASHLAR_PORT: String(await freePort()), ASHLAR_DB_PORT: String(await freePort()) };
    let server = await startServer({ dataDir, environment });
    onTestFinished(async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
    const added = await server.ashlar('suite', 'add', 'product', 'inventory', 'billing', 'order');
    expect(added).toMatchObject({ code: 0 });
    const world = new OrderWorld(() => server, PATIENCE_MS);
    await world.openShop(START);

    const watch = await watchSteps(server, dataDir);
    onTestFinished(() => watch.close());
    const living = { isOver: false };
    const killing = (async () => {
      const random = seeded(SEED);
      const readyAgainMs: number[] = [];
      while (!living.isOver && readyAgainMs.length < MOST_KILLS) {
        const kill = readyAgainMs.length;
        const missing = await watch.missing();
        if (kill >= KILLS && missing.length === 0) break;
        // Every other time the rarest, which are the last of the list.
        const target = kill % 2 === 0 ? missing.at(-1) : missing[Math.floor(random() * missing.length)];
        // Some at a step by its name, some at no moment in particular.
        if (target === undefined || kill % 4 === 3) await delay(random() * 1_500);
        else if (await watch.seen(target, 4_000)) await delay(random() * 150);
        // Nothing is won by killing once more what is about to do other things.
        else if (kill >= KILLS) continue;
        if (living.isOver) break;
        const isServer = readyAgainMs.length % 2 === 0;
        const killedAt = performance.now();
        if (isServer) {
          await server.end('SIGKILL');
          server = await startServer({ dataDir, environment });
        } else process.kill(await postmasterPid(dataDir), 'SIGKILL');
        await world.get('order/policy');
        readyAgainMs.push(Math.round(performance.now() - killedAt));
        if (KILLS > 2) console.log(`kill ${kill + 1} at ${target ?? 'random'}: ready after ${readyAgainMs.at(-1)} ms`);
      }
      return readyAgainMs;
    })();
    killing.catch(() => undefined);

    const plans = Array.from({ length: ORDERS }, (_, index) => planOf(index));
    const policies = Map.groupBy(plans, ({ policy }) => JSON.stringify(policy));
    const running = new Set<Promise<void>>();
    for (const same of policies.values()) {
      const [first] = same;
      // An order keeps the policy it was placed under, whatever is said later.
      if (first !== undefined) await world.setPolicy(first.policy);
      for (const { fate, policy, pieces } of same) {
        if (running.size >= AT_ONCE) await Promise.race(running);
        const order = await world.place(fate, policy, pieces);
        const life = world.live(order).finally(() => running.delete(life));
        life.catch(() => undefined);
        running.add(life);
      }
    }
    await Promise.all(running);
    living.isOver = true;
    const readyAgainMs = await killing;
    const covered = await watch.interrupted();
    console.log(
      `${ORDERS} orders, ${readyAgainMs.length} kills, ready again after ${Math.max(...readyAgainMs)} ms at most;`,
      `steps cut off: ${covered.map(({ name, times }) => `${name} ${times}`).join(', ')}`,
    );

    await expect.poll(() => watch.unfinished(), { timeout: 120_000, interval: 200 }).toEqual([]);
    await expectTheSame(world);
    expect(world.faults).toEqual([]);
    expect(readyAgainMs.length).toBeGreaterThanOrEqual(KILLS);
    if (ORDERS >= 200) expect(await watch.missing()).toEqual([]);
  },
);

function planOf(index: number): { fate: Fate; policy: Policy; pieces: number } {
  const fate = fates[index % fates.length] ?? 'kept';
  const turn = Math.floor(index / fates.length) + index;
  const policy = {
    invoiceOn: invoiceOns[turn % 3] ?? 'place',
    captureOn: fate === 'unpaid' ? 'place' : (captureOns[Math.floor(turn / 3) % 2] ?? 'place'),
    paymentMinutes: fate === 'unpaid' ? 1 : 1440,
    returnDays: fate === 'returned' ? 14 : 0,
  };
  // Of what comes back, something stays.
  return { fate, policy, pieces: (fate === 'returned' ? 2 : 1) + (index % 3) };
}

/** What the server says, against what those around it did. */
async function expectTheSame(world: OrderWorld): Promise<void> {
  let [kept, taken, refunded] = [0, 0, 0];
  for (const order of world.orders) {
    const back = order.fate === 'returned' ? 1 : 0;
    // What was paid twice went back as well.
    const given = isSent(order) ? paid(order) - (order.pieces - back) * GROSS : paid(order);
    const seen = await world.get(`order/orders/${order.id}`);
    const pieces = isSent(order) ? order.pieces : 0;
    expect(seen, `${order.fate} ${JSON.stringify(order.policy)}`).toMatchObject({
      captured: { amount: String(paid(order)) },
      refunded: { amount: String(given) },
      lines: [
        {
          fulfilled: String(pieces),
          returned: String(back),
          invoiced: String(pieces - back),
          cancelled: String(isSent(order) ? 0 : order.pieces),
        },
      ],
    });
    kept += pieces - back;
    taken += paid(order);
    refunded += given;
    const instances = await world.sagas(order.id);
    expect(instances, `${order.fate} ${JSON.stringify(order.policy)}`).toMatchObject([{ status: endOf(order) }]);
  }
  expect(taken - refunded).toBe(kept * GROSS);
  const { accounts, debit, credit } = await world.get('billing/reports/trial-balance');
  expect(debit).toEqual(credit);
  const balances = Object.fromEntries(
    accounts.map(({ code, balance }: Json) => [code, Number(balance.amount)] as const),
  ) as Record<string, number>;
  expect(balances).toMatchObject({
    1020: kept * GROSS,
    1100: 0,
    1200: (START - kept) * COST,
    2100: 0,
  });
  expect(kept).toBeGreaterThan(0);
  const { income, expenses } = await world.get('billing/reports/profit-and-loss?from=2020-01-01&to=2199-12-31');
  expect(income.filter(({ balance }: Json) => balance.amount !== '0')).toMatchObject([
    { balance: { amount: String(kept * PRICE) } },
  ]);
  expect(expenses.filter(({ balance }: Json) => balance.amount !== '0')).toMatchObject([
    { balance: { amount: String(kept * COST) } },
  ]);
  for (const check of ['order/checks', 'inventory/checks', 'billing/checks']) {
    expect(await world.post(check), check).toMatchObject({ drifts: [] });
  }
  const reckoned = await world.post('order/order-to-cash-checks', { settledSeconds: 0 });
  expect(reckoned).toEqual({ orders: world.orders.length, unsettled: 0, drifts: [], next: null });
}

/** How the process of an order stands when nothing is left to do. */
function endOf(order: WorldOrder): unknown {
  // Goods may still come back, or money that was asked for may still come.
  if (order.fate === 'returned') return 'waiting';
  if (isSent(order)) return 'completed';
  return order.taken.size > 0 || order.fate === 'short' ? 'undone' : expect.stringMatching(/^(undone|waiting)$/);
}

interface Watch {
  /** Resolves when such a step is being given, or it takes too long. */
  seen(step: string, withinMs: number): Promise<boolean>;
  /** Names of steps none of which was cut off yet. */
  missing(): Promise<readonly string[]>;
  interrupted(): Promise<readonly { readonly name: string; readonly times: number }[]>;
  /** Processes, deadlines and events with something left to do. */
  unfinished(): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** Looks at the log of the processes from outside, on a connection that comes back when PostgreSQL does. */
async function watchSteps({ dbUrl }: RunningServer, dataDir: string): Promise<Watch> {
  const { superuserPassword } = JSON.parse(await readFile(join(dataDir, 'keys', 'instance.json'), 'utf8')) as {
    readonly superuserPassword: string;
  };
  const url = new URL(dbUrl);
  url.username = 'supabase_admin';
  url.password = superuserPassword;
  let client: Client | null = null;
  // The moment between a command and the writing of what came of it is short; of the step that is waited for it is long.
  const setUp = `create schema if not exists doom;
    create table if not exists doom.steps (name text);
    create or replace function doom.linger() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      if new.state = 'done' and exists (
        select from doom.steps where name = split_part(split_part(new.name, ':', 1), '~', 1)
      ) then perform pg_catalog.pg_sleep(0.2); end if;
      return new;
    end $$;
    create or replace trigger linger before update of state on suites.saga_steps
      for each row execute function doom.linger()`;
  const ask = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> => {
    for (;;) {
      try {
        if (client === null) {
          const opened = new Client(url.href);
          opened.on('error', () => undefined);
          await opened.connect();
          client = opened;
        }
        return (await client.query(text, values)).rows as Row[];
      } catch {
        client = null;
        await delay(50);
      }
    }
  };
  // Given more than once: what came of the first time was not written down.
  const interrupted: Watch['interrupted'] = () =>
    ask(`select split_part(split_part(name, ':', 1), '~', 1) as name, count(*)::int as times
      from suites.saga_steps where attempts > 1 group by 1 order by 1`);
  await ask(setUp);
  return {
    async seen(step, withinMs) {
      const until = performance.now() + withinMs;
      await ask('with gone as (delete from doom.steps) insert into doom.steps values ($1)', [step]);
      while (performance.now() < until) {
        const rows = await ask(
          `select from suites.saga_steps where state = 'pending' and attempts > 0
           and split_part(split_part(name, ':', 1), '~', 1) = $1`,
          [step],
        );
        if (rows.length > 0) return true;
        await delay(3);
      }
      return false;
    },
    interrupted,
    async missing() {
      const found = new Set((await interrupted()).map(({ name }) => name));
      return STEPS.filter((name) => !found.has(name));
    },
    unfinished: () =>
      ask(`select s.saga as what, s.key, s.status || ' ' || coalesce(t.name, '') as state
          from suites.sagas s left join suites.saga_tasks t on t.saga_id = s.id and t.state = 'open'
          where s.status in ('running', 'needs_help')
        union all select 'deadline', s.key, d.name from suites.saga_deadlines d join suites.sagas s on s.id = d.saga_id
          where d.told_at is null and d.due_at < now()
        union all select 'dead letter', consumer, event_id::text from events.dead_letters`),
    async close() {
      await client?.end().catch(() => undefined);
    },
  };
}

async function postmasterPid(dataDir: string): Promise<number> {
  const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

/** Mulberry32: the same moments for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
