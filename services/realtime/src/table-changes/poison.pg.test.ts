import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRealtimeFixture, type RawClient, type RealtimeFixture } from '../realtime-fixture.ts';

const PEOPLE = 100;
const CHANGES = 40;
const UNDECIDED = ['Error 500: Internal Server Error, a policy or filter failed'];

let realtime: RealtimeFixture;

beforeAll(async () => {
  realtime = await createRealtimeFixture({ unreadBytes: 256 * 1024 });
  await realtime.project.sql(`
    create function who() returns text language sql stable as $$
      select current_setting('request.jwt.claims', true)::jsonb ->> 'sub' $$;
    create table news (id int primary key, body text);
    alter table news enable row level security;
    alter table news replica identity full;
    create policy readers on news using (case who()
      when 'sleeper' then pg_sleep(30) is null when 'bomb' then 1 / (length(who()) - 4) = 0
      when 'thief' then set_config('role', 'service_role', true) is null or set_config('request.jwt.claims', '{"sub": "p0"}', true) is null
      else who() ~ '^p' end);
    grant select on news to authenticated;
    alter publication supabase_realtime add table news`);
});

afterAll(() => realtime?.[Symbol.asyncDispose]());

async function subscribe(sub: string, entry: object = {}): Promise<RawClient> {
  const client = await realtime.connect({ key: realtime.token({ sub }) });
  const config = {
    postgres_changes: [{ event: '*', schema: 'public', table: 'news', ...entry }],
    postgres_changes_options: { wait: true },
  };
  client.send(['1', '1', 'realtime:news', 'phx_join', { config }]);
  expect((await client.heard('phx_reply', '1'))[4]).toMatchObject({ status: 'ok' });
  return client;
}

interface Data {
  readonly record: { readonly id: number };
  readonly errors: unknown;
}

function told({ frames }: RawClient): Data[] {
  return frames.flatMap((frame) => (Array.isArray(frame) && frame[3] === 'postgres_changes' ? [frame[4].data] : []));
}

test('a policy that sleeps, raises or pretends, a costly filter and a client that never reads change nothing for the rest', async () => {
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, at) => subscribe(`p${at}`)));
  const [sleeper, bomb, thief, nobody] = await Promise.all(
    ['sleeper', 'bomb', 'thief', 'nobody'].map((sub) => subscribe(sub)),
  );
  // Some seconds of work for PostgreSQL on every row.
  const costly = await subscribe('costly', { filter: `body=match.^(x*)*(x*)*(x*)*(x*)*y\\1\\2\\3$` }).catch(() => null);
  const deaf = await subscribe('p0');
  deaf.socket.pause();
  for (let id = 1; id <= CHANGES; id += 1) {
    await realtime.project.sql(`insert into news values ($1, repeat('x', 30000))`, [id]);
  }
  await expect.poll(() => people.every((one) => told(one).length >= CHANGES), { timeout: 30_000 }).toBe(true);
  const ids = Array.from({ length: CHANGES }, (_, at) => at + 1);
  for (const one of people) {
    expect(told(one).map(({ record }) => record.id)).toEqual(ids);
    expect(told(one).every(({ errors }) => errors === null)).toBe(true);
  }
  // What the thief's policy sets ends with it: the next group is judged as itself.
  expect(nobody && told(nobody).length).toBe(0);
  await expect.poll(() => bomb && told(bomb).length, { timeout: 30_000 }).toBe(CHANGES);
  for (const one of [bomb, sleeper]) {
    if (one === undefined) continue;
    await expect.poll(() => told(one).length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(
      told(one).every(({ errors, record }) => JSON.stringify([errors, record]) === JSON.stringify([UNDECIDED, {}])),
    ).toBe(true);
  }
  for (const one of [...people, sleeper, bomb, thief, nobody, costly]) one?.socket.close();
  deaf.socket.terminate();
}, 60_000);

test('a table that is locked keeps its readers waiting and nobody else', async () => {
  await realtime.project.sql(`create table other (id int primary key); grant select on other to authenticated;
    alter table other enable row level security; create policy p on other using (true);
    alter publication supabase_realtime add table other`);
  realtime.clock.nowMs += 1_000;
  const [reader, bystander] = [await subscribe('p1'), await subscribe('p2', { table: 'other' })];
  await realtime.project.sql(`insert into news values (1001, 'x')`);
  await expect.poll(() => told(reader).length, { timeout: 30_000 }).toBe(1);
  await realtime.project.sql('begin; insert into news values (1002, $$x$$); insert into other values (1)');
  await realtime.project.sql('commit; begin; lock table news in access exclusive mode');
  await expect.poll(() => told(bystander).length, { timeout: 30_000 }).toBe(1);
  await realtime.project.sql('commit');
  await expect.poll(() => told(reader).map(({ record }) => record.id), { timeout: 30_000 }).toEqual([1001, 1002]);
  for (const { socket } of [reader, bystander]) socket.close();
});
