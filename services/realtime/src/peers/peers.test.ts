import { type Bus, createInProcessBus } from '@ashlar/bus';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Member } from '../channel/room.ts';
import { Room } from '../channel/room.ts';
import { DEFAULT_REALTIME_LIMITS, type RealtimeLimits } from '../limits.ts';
import { Quotas } from '../socket/quotas.ts';
import { arraySerializer } from '../wire/array-serializer.ts';
import { encodePeerMessage, PeerMessageReader } from './peer-message.ts';
import { Peers } from './peers.ts';

const BEAT_MS = 20;

/** One wire for all "processes", which can be cut for some of what goes over it. */
let wire: Bus;
let isCut: boolean;
let opened: Peers[];
beforeEach(() => {
  wire = createInProcessBus({ observe: ignoreObservations });
  isCut = false;
  opened = [];
});
afterEach(() => {
  for (const one of opened) one.close();
});

function start(
  publish: Bus['publish'] = (...message) => wire.publish(...message),
  beatMs = BEAT_MS,
  usage = quotas(),
): Peers {
  const bus: Bus = { ...wire, isShared: true, publish };
  const peers = new Peers({ bus, beatMs, usage });
  opened.push(peers);
  return peers;
}

/** The clock of rates stands still, so that what is spent stays spent. */
function quotas(limits: Partial<RealtimeLimits> = {}): Quotas {
  return new Quotas({ ...DEFAULT_REALTIME_LIMITS, ...limits }, () => 0);
}

interface Heard {
  readonly member: Member;
  readonly frames: string[];
}

function somebody(): Heard {
  const frames: string[] = [];
  const member: Member = {
    caller: { role: 'anon', claims: {}, claimsJson: '{}', via: 'none' },
    hearsPresence: true,
    receive: (outgoing) => frames.push(String(outgoing.for(arraySerializer)?.data)),
    renew: () => undefined,
    giveUp: () => undefined,
  };
  return { member, frames };
}

function enter(peers: Peers, key = 'room'): { readonly room: Room; readonly one: Heard } {
  const room = new Room({
    topic: `realtime:${key}`,
    isPrivate: false,
    check: () => Promise.resolve([]),
    link: (opening) => peers.open(key, opening),
    onEmpty: () => undefined,
  });
  const one = somebody();
  room.enter(one.member);
  return { room, one };
}

const present = (room: Room): readonly string[] => Object.keys(JSON.parse(room.presenceState()) as object).toSorted();

test('what is said in one process is heard once in the others, and in no other room', async () => {
  const [here, there, elsewhere] = [enter(start()), enter(start()), enter(start(), 'other')];
  const json = JSON.stringify({ long: 'x'.repeat(1_500_000) });
  here.room.speak({ event: 'short', payload: { kind: 'json', json: '{"n":1}' } }, here.one.member);
  here.room.speak({ event: 'long', payload: { kind: 'json', json } }, here.one.member);
  await expect.poll(() => there.one.frames.length).toBe(2);
  expect(there.one.frames[0]).toContain('"payload":{"n":1}');
  expect(there.one.frames[1]).toContain(json);
  expect(here.one.frames).toEqual([]);
  expect(elsewhere.one.frames).toEqual([]);
});

test('members of all processes are present, for those who come later too, until they leave', async () => {
  const here = enter(start());
  here.room.track(here.one.member, 'ada', { at: 1 });
  const there = enter(start());
  there.room.track(there.one.member, 'ibn', { at: 2 });
  for (const { room } of [here, there]) await expect.poll(() => present(room)).toEqual(['ada', 'ibn']);
  await expect.poll(() => there.one.frames.filter((frame) => frame.includes('"ada"'))).toHaveLength(1);
  here.room.untrack(here.one.member);
  await expect.poll(() => present(there.room)).toEqual(['ibn']);
  there.room.leave(there.one.member);
  await expect.poll(() => present(here.room)).toEqual([]);
});

test('who was present in a process that says no more is gone soon, and back when it speaks again', async () => {
  const here = enter(start());
  const there = enter(start((...message) => (isCut ? undefined : wire.publish(...message))));
  there.room.track(there.one.member, 'ibn', {});
  await expect.poll(() => present(here.room)).toEqual(['ibn']);
  isCut = true;
  await expect.poll(() => present(here.room)).toEqual([]);
  expect(here.one.frames.at(-1)).toContain('"leaves":{"ibn"');
  isCut = false;
  await expect.poll(() => present(here.room)).toEqual(['ibn']);
});

test('limits of a project count what it uses in all processes, until one is gone', async () => {
  const limits = { connections: 3, messages: { perSecond: 1, burst: 10 }, joins: { perSecond: 1, burst: 5 } };
  const [here, there] = [quotas(limits), quotas(limits)];
  const elsewhere = start(undefined, BEAT_MS, there);
  start(undefined, BEAT_MS, here);
  const isFree = (): boolean => {
    const leave = here.takeConnection('shop');
    leave?.();
    return leave !== null;
  };
  const leaving = [1, 2, 3].map(() => there.takeConnection('shop'));
  for (let n = 0; n < 8; n += 1) there.takeMessage('shop');
  for (let n = 0; n < 5; n += 1) there.takeJoin('shop');
  await expect.poll(isFree, { timeout: 30_000 }).toBe(false);
  expect([1, 2, 3].map(() => here.takeMessage('shop'))).toEqual([true, true, false]);
  expect(here.takeJoin('shop')).toBe(false);
  expect([here.takeMessage('other'), here.takeJoin('other'), here.takeConnection('other') !== null]).not.toContain(
    false,
  );
  leaving[0]?.();
  await expect.poll(isFree, { timeout: 30_000 }).toBe(true);
  here.takeConnection('shop');
  expect(isFree()).toBe(false);
  elsewhere.close();
  await expect.poll(isFree, { timeout: 30_000 }).toBe(true);
});

test('a process that ends takes its members with it at once', async () => {
  // Too seldom for anybody to be missed.
  const [staying, ending] = [start(undefined, 600_000), start(undefined, 600_000)];
  const [here, there] = [enter(staying), enter(ending)];
  there.room.track(there.one.member, 'ibn', {});
  await expect.poll(() => present(here.room)).toEqual(['ibn']);
  ending.close();
  await expect.poll(() => present(here.room)).toEqual([]);
});

test('a lost farewell is made up for by the next roll', async () => {
  const here = enter(start());
  const there = enter(start((...message) => (isCut ? undefined : wire.publish(...message))));
  const other = somebody();
  there.room.enter(other.member);
  there.room.track(there.one.member, 'ibn', {});
  there.room.track(other.member, 'rum', {});
  await expect.poll(() => present(here.room)).toEqual(['ibn', 'rum']);
  isCut = true;
  there.room.leave(other.member);
  isCut = false;
  await expect.poll(() => present(here.room)).toEqual(['ibn']);
});

describe('a message in parts', () => {
  const message = {
    kind: 'broadcast',
    event: 'e',
    payload: { kind: 'binary', bytes: Buffer.alloc(1_000_000, 7) },
  } as const;

  test('is read when all of them are there in order, beside those of others', () => {
    const reader = new PeerMessageReader();
    const [ours, theirs] = [encodePeerMessage('a', message), encodePeerMessage('b', message)];
    expect(ours.length).toBeGreaterThan(2);
    const read = ours.flatMap((part, at) => [reader.read(part), reader.read(theirs[at] ?? part)]);
    expect(read.map((one) => one?.from ?? null)).toEqual([null, null, null, null, 'a', 'b']);
    expect(read.at(-1)?.message).toEqual(message);
  });

  test('is given up when one is missing, twice or nonsense', () => {
    const parts = encodePeerMessage('a', message);
    for (const order of [
      [0, 2],
      [1, 2],
      [0, 0, 2],
      [0, 1, 1],
    ]) {
      const reader = new PeerMessageReader();
      const read = order.map((at) => reader.read(parts[at] ?? Buffer.alloc(0)));
      expect(
        read.every((one) => one === null),
        String(order),
      ).toBe(true);
    }
    for (const text of [
      '',
      '\n',
      '["a",0,1]',
      '["a",0,1]\n{}\n',
      '["a",0,99]\nx\n',
      '[1,0,1]\n{"kind":"who"}\n',
      '{}\n{}\n',
    ]) {
      expect(new PeerMessageReader().read(Buffer.from(text)), text).toBeNull();
    }
  });
});
