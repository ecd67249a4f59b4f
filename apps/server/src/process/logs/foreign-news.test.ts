import type { Relay, RelayedBatch } from '@ashlar/bus';
import type { ForeignNews } from '@ashlar/postgres';
import { expect, test } from 'vitest';
import { NewsCodec } from './foreign-news.ts';
import { NewsSender } from './news-sender.ts';

const codec = new NewsCodec('secret');

function news(n: number, text = ''): ForeignNews {
  const event = {
    specversion: '1.0',
    id: String(n),
    source: '/test',
    type: 'app.thing.happened',
    subject: 's',
    time: '2026-11-21T10:00:00Z',
    dataschema: null,
    data: { text },
    orgid: null,
    aggregateversion: null,
    actor: 'u-1',
    causationid: null,
    correlationid: null,
    traceparent: null,
  } as const;
  const logged = { event, seq: BigInt(n), sizeBytes: text.length };
  return { xid: n, position: `p-${n}`, events: [{ logged, isEarly: n % 2 === 0 }] };
}

test('news are read as they were written, by who has the secret, about the project they are of', () => {
  const chained = { news: news(2), previous: 'p-1', isLast: true };
  const bytes = codec.encode('shop', chained);
  expect(codec.decode('shop', bytes)).toEqual(chained);
  expect(codec.decode('other', bytes)).toBeNull();
  expect(new NewsCodec('guess').decode('shop', bytes)).toBeNull();
  const forged = Uint8Array.from(bytes);
  forged[forged.length - 3] = (forged[forged.length - 3] ?? 0) ^ 1;
  expect(codec.decode('shop', forged)).toBeNull();
  expect(codec.decode('shop', new Uint8Array(10))).toBeNull();
});

test('what is not taken is signalled at once, and the next news show that something is missing', async () => {
  const sent: RelayedBatch[] = [];
  const signalled: (number | null)[] = [];
  const relay: Relay = {
    publish: (batch) => {
      if (batch.position === 'p-2-0') return Promise.resolve(false);
      sent.push(batch);
      return Promise.resolve(true);
    },
    follow: () => ({ stop: () => undefined }),
    close: () => Promise.resolve(),
  };
  const sender = new NewsSender({ ref: 'shop', relay, codec, signal: (xid) => signalled.push(xid) });
  for (const told of [news(1), news(2), news(3), news(4, 'x'.repeat(300_000)), news(5)]) sender.tell(told);
  await expect.poll(() => sent.length).toBe(3);
  sender.close();
  expect(new Set(signalled)).toEqual(new Set([2, 4]));
  expect(sent.map(({ bytes }) => codec.decode('shop', bytes)?.previous)).toEqual([null, 'p-2-0', 'p-4-0']);
});

function typed(n: number, type: string): ForeignNews['events'][number] {
  const [one] = news(n).events;
  if (one === undefined) throw new Error('There is one');
  return { ...one, logged: { ...one.logged, event: { ...one.logged.event, type } } };
}

test('events of a transaction are told under their types, in their order, and only the last of them ends it', async () => {
  const sent: RelayedBatch[] = [];
  const signalled: (number | null)[] = [];
  const relay: Relay = {
    publish: (batch) => Promise.resolve(sent.push(batch) > 0),
    follow: () => ({ stop: () => undefined }),
    close: () => Promise.resolve(),
  };
  const sender = new NewsSender({ ref: 'shop', relay, codec, signal: (xid) => signalled.push(xid) });
  const types = ['app.a.done', 'app.b.done', 'app.b.done', 'app.a.done'];
  sender.tell({ xid: 7, position: 'p-7', events: types.map((type, n) => typed(n, type)) });
  expect(sent.map(({ type }) => type)).toEqual(['app.a.done', 'app.b.done', 'app.a.done']);
  const told = sent.map(({ bytes }) => codec.decode('shop', bytes));
  expect(told.map((one) => one?.news.events.map(({ logged }) => logged.event.id))).toEqual([['0'], ['1', '2'], ['3']]);
  expect(told.map((one) => one?.isLast)).toEqual([false, false, true]);
  expect(told.map((one) => one?.previous)).toEqual([null, 'p-7-0', 'p-7-1']);
  // One that goes back and forth is looked for in the event log.
  const restless = Array.from({ length: 200 }, (_, n) => typed(n, types[n % 2] ?? ''));
  sender.tell({ xid: 8, position: 'p-8', events: restless });
  sender.close();
  expect(sent).toHaveLength(3);
  expect(signalled).toEqual([8]);
});
