import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDeliveryStand, type DeliveryStand, until } from './fixtures/delivery-stand.ts';

const AGGREGATES = 40;
const FIRST_S = 600;

let stand: DeliveryStand;
beforeEach(async () => {
  stand = await createDeliveryStand();
});
afterEach(() => stand.close());

interface Parked extends Record<string, unknown> {
  readonly parked: number;
  readonly spread: number;
  readonly soonest: number;
  readonly latest: number;
}

async function parked(): Promise<Parked> {
  const [row] = await stand.project.sql<Parked>(
    `select count(*)::int as parked, extract(epoch from max(next_at) - min(next_at))::float8 as spread,
            min(extract(epoch from next_at - parked_at))::float8 as soonest,
            max(extract(epoch from next_at - parked_at))::float8 as latest
       from events.dead_letters where state = 'retrying'`,
  );
  if (row === undefined) throw new Error('A count has a row');
  return row;
}

test('events that fail together are tried again at times of their own, around the pause of the attempt', async () => {
  await stand.run(
    [
      {
        consumer: 'identity.failing',
        types: ['app.thing.*'],
        effects: 'outside',
        handle: () => Promise.reject(new Error('Whatever it needs is away')),
      },
    ],
    { retry: { attempts: 3, firstMs: FIRST_S * 1_000, longestMs: FIRST_S * 1_000 } },
  );
  await stand.project.sql(
    `select events.emit('app.thing.happened', 's-' || n, '{}') from generate_series(1, ${AGGREGATES}) n`,
  );
  await until('all have failed', async () => (await parked()).parked === AGGREGATES);
  const { spread, soonest, latest } = await parked();
  // A second for what lies between the two clocks' readings.
  expect(soonest).toBeGreaterThanOrEqual(FIRST_S * 0.5 - 1);
  expect(latest).toBeLessThanOrEqual(FIRST_S * 1.5 + 1);
  // Forty drawn from an interval leave two thirds of it empty once in a hundred thousand million times.
  expect(spread).toBeGreaterThan(FIRST_S / 3);
});
