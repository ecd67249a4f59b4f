import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeliveryStand, type DeliveryStand } from './fixtures/delivery-stand.ts';

let stand: DeliveryStand;
beforeAll(async () => {
  stand = await createDeliveryStand();
});
afterAll(() => stand.close());

test('a handler runs on the login of its service, from which nothing else can be reached', async () => {
  const seen: unknown[] = [];
  await stand.run([
    {
      consumer: 'identity.prober',
      types: ['app.thing.*'],
      effects: 'database',
      role: 'identity',
      async handle(_event, { tx }) {
        const { rows } = await tx.query('select current_user as me, session_user as login');
        seen.push(rows[0]);
        // What a trigger of the project's owner would try.
        for (const role of ['events_owner', 'events', 'ashlar_platform', 'supabase_auth_admin', 'postgres']) {
          await tx.query('savepoint attempt');
          await tx.query(`set role ${role}`).then(
            () => seen.push(`became ${role}`),
            () => undefined,
          );
          await tx.query('rollback to savepoint attempt');
        }
      },
    },
  ]);
  await stand.emit('a', 1);
  // Written in the transaction of the handler, at its end.
  await expect
    .poll(() => stand.project.sql('select consumer from events.inbox'))
    .toEqual([{ consumer: 'identity.prober' }]);
  expect(seen).toEqual([{ me: 'identity', login: `${stand.project.ref}_identity` }]);
});

const AT = `'2026-01-01'`;
const ID = `'00000000-0000-7000-8000-000000000000'`;

test.each([
  // Of another service.
  `select events.take('storage.x', ${ID}, ${AT}, 'a', false)`,
  `select events.take_many('storage.x', array[${ID}]::uuid[], array[${AT}]::timestamptz[], array['a'], false)`,
  `select events.retake('storage.x', ${ID}, ${AT}, 'a')`,
  // Nobody serves it: rows nobody would ever ask for.
  `select events.take('identity.unknown', ${ID}, ${AT}, 'a', false)`,
  `select events.take(null, ${ID}, ${AT}, 'a', false)`,
  `select events.discard('identity.prober', ${ID})`,
  `select events.assert_consumer('identity.prober')`,
  'select from events.inbox',
  'select from events.consumers',
  'select from events.log',
  'delete from events.dead_letters',
  `select pg_logical_emit_message(true, 'events.retry', 'x')`,
])('a service cannot: %s', async (text) => {
  const attempt = stand.project.database.transaction({ login: 'service', role: 'identity' }, (tx) => tx.query(text));
  await expect(attempt).rejects.toMatchObject({ code: '42501' });
});

test.each([
  'delete from events.log',
  'insert into events.log (id, type, source, data, time) select gen_random_uuid(), $$app.x$$, $$$$, $${}$$, now()',
  'insert into events.inbox select $$a.b$$, gen_random_uuid(), now()',
  'select events.maintain()',
  `select events.ensure_day('log', current_date)`,
  'create table events.mine ()',
])('who delivers cannot: %s', async (text) => {
  const attempt = stand.project.database.transaction({ login: 'service', role: 'events' }, (tx) => tx.query(text));
  await expect(attempt).rejects.toMatchObject({ code: '42501' });
});
