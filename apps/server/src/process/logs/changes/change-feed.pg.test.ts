import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, createInProcessBus, createNatsBus } from '@ashlar/bus';
import { findNatsServer, type NatsServer, startNatsServer } from '@ashlar/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FeedStand, PATIENCE } from './change-feed.fixture.ts';

const TIMEOUT_MS = 60_000;
let stand: FeedStand;
beforeEach(async () => {
  stand = await FeedStand.create();
});
afterEach(() => stand[Symbol.asyncDispose]());

const inserts = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `wanted insert ${from + index}`);

/** What is true of changes between processes over every bus. */
function describeFeed(open: () => { readonly here: Bus; readonly there: Bus }): void {
  test(
    'one process reads, and another is told the same of what it wants, value by value and place by place',
    { timeout: TIMEOUT_MS },
    async () => {
      const { here, there } = open();
      const reader = await stand.start(here, 'reader');
      const other = await stand.start(there, 'other');
      expect(await stand.readers()).toBe(1);
      // Large enough to be left out of the log by an update that does not touch it.
      await stand.sql(`insert into public.wanted select n, string_agg(md5(n::text || i), '')
                         from generate_series(1, 3) n, generate_series(1, 400) i group by n order by n`);
      await stand.sql(`alter table public.wanted replica identity default`);
      await stand.sql(`begin; insert into public.other values (1); update public.wanted set n = 4 where n = 3;
        insert into public.wanted values (5, null); commit`);
      await stand.sql(`delete from public.wanted where n = 5`);
      const told = [...inserts(1, 3), 'wanted update 4', 'wanted insert 5', 'wanted delete 5'];
      await expect.poll(() => other.ear.told, PATIENCE).toEqual(told);
      const own = reader.ear.changes.filter((_, index) => reader.ear.told[index]?.startsWith('wanted'));
      const places = reader.ear.positions.filter((_, index) => reader.ear.told[index]?.startsWith('wanted'));
      expect(other.ear.changes).toEqual(own);
      expect(other.ear.positions).toEqual(places);
      expect(await stand.readers()).toBe(1);
    },
  );

  test('a table is heard of from when it was asked for, in whole transactions', { timeout: TIMEOUT_MS }, async () => {
    const { here, there } = open();
    await stand.start(here, 'reader');
    const other = await stand.start(there, 'other');
    await stand.sql('insert into public.other values (1)');
    other.ear.tables.push({ schema: 'public', table: 'other' });
    await other.renew();
    await stand.sql('insert into public.other values (2)');
    await expect.poll(() => other.ear.told, PATIENCE).toEqual(['other insert 2']);
  });

  test('a large transaction comes in its parts, whole and in order', { timeout: TIMEOUT_MS }, async () => {
    const { here, there } = open();
    await stand.start(here, 'reader');
    const other = await stand.start(there, 'other');
    await stand.sql(`insert into public.wanted select n, repeat('x', 300) from generate_series(1, 20000) n`);
    await stand.sql(`insert into public.wanted values (20001, repeat('y', 3000000))`);
    await expect.poll(() => other.ear.told.length, PATIENCE).toBe(20_001);
    expect(other.ear.told).toEqual(inserts(1, 20_001));
    expect(other.ear.gaps).toBe(0);
  });

  test(
    'when the reader leaves under writes another goes on, and those who listen miss nothing and hear nothing twice',
    { timeout: TIMEOUT_MS },
    async () => {
      const { here, there } = open();
      const reader = await stand.start(here, 'reader');
      const others = [await stand.start(there, 'one'), await stand.start(there, 'two')];
      let written = 0;
      const over = new AbortController();
      const writing = (async () => {
        while (!over.signal.aborted) await stand.sql(`insert into public.wanted values (${(written += 1)})`);
      })();
      await expect.poll(() => others[0]?.ear.told.length, PATIENCE).toBeGreaterThan(5);
      await reader.followed.leave();
      const before = written;
      await expect.poll(() => others[0]?.ear.told.length, PATIENCE).toBeGreaterThan(before + 5);
      over.abort();
      await writing;
      for (const { ear } of others) {
        await expect.poll(() => ear.told.length, PATIENCE).toBeGreaterThanOrEqual(written);
        expect(ear.told).toEqual(inserts(1, written));
        expect(ear.gaps).toBe(0);
      }
      expect(await stand.readers()).toBe(1);
    },
  );

  test(
    'frames lost on their way are sent again while they are kept, and a gap is told when they are not',
    { timeout: TIMEOUT_MS },
    async () => {
      const { here, there } = open();
      let isLosing = false;
      const publish: Bus['publish'] = (subject, bytes) => {
        if (!isLosing) here.publish(subject, bytes);
      };
      await stand.start({ ...here, publish }, 'reader');
      const { ear } = await stand.start(there, 'other');
      isLosing = true;
      await stand.sql(`insert into public.wanted select generate_series(1, 3)`);
      isLosing = false;
      await expect.poll(() => ear.told, PATIENCE).toEqual(inserts(1, 3));
      expect(ear.gaps).toBe(0);
      isLosing = true;
      await stand.sql(`insert into public.wanted select n, repeat('x', 1000000) from generate_series(4, 23) n`);
      await stand.untilRead();
      isLosing = false;
      await expect.poll(() => ear.gaps, PATIENCE).toBe(1);
      await stand.sql('insert into public.wanted values (24)');
      await expect.poll(() => ear.told.at(-1), PATIENCE).toBe('wanted insert 24');
      expect(new Set(ear.told).size).toBe(ear.told.length);
    },
  );

  test(
    'where nobody reads for deliveries one process reads for all that listen, and gives way to one that does',
    { timeout: TIMEOUT_MS },
    async () => {
      const { here, there } = open();
      const alone = await stand.start(here, 'a', { isServing: false });
      const other = await stand.start(there, 'b', { isServing: false });
      await expect.poll(() => stand.readers(), PATIENCE).toBe(1);
      await stand.sql('insert into public.wanted values (1)');
      for (const { ear } of [alone, other]) await expect.poll(() => ear.told, PATIENCE).toEqual(inserts(1, 1));
      await stand.start(here, 'c');
      await expect.poll(() => stand.readers(), PATIENCE).toBe(1);
      const gaps = [alone.ear.gaps, other.ear.gaps];
      await stand.sql('insert into public.wanted values (2)');
      for (const { ear } of [alone, other]) await expect.poll(() => ear.told, PATIENCE).toEqual(inserts(1, 2));
      expect(gaps.every((count) => count <= 2)).toBe(true);
    },
  );
}

describe('changes between processes, over a bus within the process', () => {
  describeFeed(() => {
    const bus = createInProcessBus({ observe: () => undefined });
    return { here: bus, there: bus };
  });
});

describe.skipIf(findNatsServer() === null)('changes between processes, over NATS', () => {
  let server: NatsServer;
  let buses: Bus[] = [];
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterEach(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    buses = [];
  });
  afterAll(() => server.close());

  function open(): { readonly here: Bus; readonly there: Bus } {
    const namespace = randomUUID();
    const connect = (): Bus => {
      const bus = createNatsBus({ url: server.url, namespace, secret: 'secret', observe: () => undefined });
      buses.push(bus);
      return bus;
    };
    return { here: connect(), there: connect() };
  }

  describeFeed(open);

  test(
    'NATS killed for a moment loses nothing, and for longer has each process read for itself, after a gap is told',
    { timeout: TIMEOUT_MS * 2 },
    async () => {
      const { here, there } = open();
      await stand.start(here, 'reader');
      const other = await stand.start(there, 'other');
      await stand.sql('insert into public.wanted values (1)');
      await expect.poll(() => other.ear.told, PATIENCE).toEqual(inserts(1, 1));
      await server.kill();
      await stand.sql('insert into public.wanted values (2)');
      await delay(300);
      await server.start();
      await expect.poll(() => other.ear.told, PATIENCE).toEqual(inserts(1, 2));
      expect(other.ear.gaps).toBe(0);
      await server.kill();
      await expect.poll(() => other.ear.gaps, PATIENCE).toBe(1);
      expect(await stand.readers()).toBe(2);
      await stand.sql('insert into public.wanted values (3)');
      await expect.poll(() => other.ear.told, PATIENCE).toEqual(inserts(1, 3));
      await server.start();
      await expect.poll(() => stand.readers(), PATIENCE).toBe(1);
      await stand.sql('insert into public.wanted values (4)');
      await expect.poll(() => other.ear.told.at(-1), PATIENCE).toBe('wanted insert 4');
      expect(other.ear.told).toEqual(inserts(1, 4));
    },
  );
});
