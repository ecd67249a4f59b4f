import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type DomainEvent, must } from '@ashlar/kernel';
import type { DatabaseTarget } from '@ashlar/postgres';
import { proofSize } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SagaDoom } from './saga-crash-child.fixture.ts';
import { createSagaStand, type SagaStand } from './saga-stand.fixture.ts';

const DELIVERIES = proofSize('sagas', { short: 9, full: 200 });
/** Pairs of processes that die one after the other. */
const ROUNDS = proofSize('sagas', { short: 2, full: 40 });
const MOST_COMMANDS = proofSize('sagas', { short: 8, full: 30 });
const SEED = 20_261_121;

let stand: SagaStand;
beforeAll(async () => {
  stand = await createSagaStand();
});
afterAll(() => stand?.[Symbol.asyncDispose]());

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Logins are looked up one by one as they are made; a copy for another process names those it needs. */
function targetOfChild(): DatabaseTarget {
  const { target } = stand.project.test;
  const login = (name: string) => [name, must(target.services?.get(name), `the login of ${name}`)] as const;
  return { ...target, services: new Map([login('depot'), login('courier')]) };
}

/** @param killAfterMs Killed from outside, whatever it is doing. @returns Whether it was killed. */
async function run(doom: Omit<SagaDoom, 'target'>, killAfterMs?: number): Promise<boolean> {
  const child = fork(new URL('saga-crash-child.fixture.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const ended = once(child, 'exit');
  child.send({ ...doom, target: targetOfChild() });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code, signal] = (await ended) as [number | null, string | null];
  clearTimeout(timer);
  if (signal === null) expect(code).toBe(0);
  return signal === 'SIGKILL';
}

interface Ended {
  readonly status: string;
  readonly acts: readonly string[];
  readonly parcels: readonly string[];
}

const endOf = (delivery: string): Promise<Ended[]> =>
  stand.project.test.sql<Ended & Record<string, unknown>>(
    `select s.status,
       array(select act from courier.acts a where a.delivery = s.key order by at) as acts,
       array(select p.state from depot.parcels p where p.code = s.key) as parcels
     from suites.sagas s where s.key = $1`,
    [delivery],
  );

test('processes killed between a command and the writing of what came of it, and anywhere, leave every saga finished or undone', async () => {
  const random = randomNumbers(SEED);
  const names = Array.from({ length: DELIVERIES }, (_, index) => `delivery-${index}`);
  const deliveries: (readonly DomainEvent[])[] = [];
  for (const [index, name] of names.entries()) {
    if (index % 3 === 1) await stand.mood(`drive ${name}`, 'refuse');
    if (index % 3 === 2) await stand.mood(`load ${name}`, 'busy');
    const events = await stand.emit(name, 'placed', 'paid');
    deliveries.push(random() < 0.5 ? events : events.toReversed());
  }
  let killed = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    if (round === Math.ceil(ROUNDS / 2)) {
      for (const name of names) if (random() < 0.7) await stand.mood(`load ${name}`, null);
    }
    const commands = (): number => 1 + Math.floor(random() * MOST_COMMANDS);
    // A command that stays busy is not done, so that one of them may not come to its own end.
    const dying = [
      run({ deliveries, commands: commands() }, 6_000),
      run({ deliveries, commands: null }, 500 + random() * 3_000),
    ];
    killed += (await Promise.all(dying)).filter(Boolean).length;
  }
  for (const name of names) await stand.mood(`load ${name}`, null);
  // Two at once, which are in each other's way at every instance.
  const rest = { deliveries, commands: null };
  expect(await Promise.all([run(rest), run(rest)])).toEqual([false, false]);

  expect(killed).toBeGreaterThan(0);
  for (const [index, name] of names.entries()) {
    const undone = { status: 'undone', acts: ['load', 'refund'], parcels: ['released'] };
    const completed = { status: 'completed', acts: ['load', 'drive'], parcels: ['stored'] };
    expect(await endOf(name), name).toEqual([index % 3 === 1 ? undone : completed]);
  }
  console.log(`${DELIVERIES} sagas, ${killed} processes killed`);
});
