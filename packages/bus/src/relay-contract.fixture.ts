import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bytesOf, textOf } from './bus-contract.fixture.ts';
import type { Relay, RelayedBatch, RelayFollower } from './relay.ts';

const PATIENCE_MS = 20_000;

export function batch(text: string, terms: Partial<RelayedBatch> = {}): RelayedBatch {
  return {
    project: 'shop',
    kind: 'events',
    type: 'app.thing.happened',
    position: text,
    bytes: bytesOf(text),
    ...terms,
  };
}

/** Notes what it hears; `missed` counts how often it was told that some may be missing. */
export class Ear implements RelayFollower {
  readonly heard: string[] = [];
  readonly name: string;
  readonly kind: string;
  missed = 0;

  constructor(name: string, kind = 'events') {
    this.name = name;
    this.kind = kind;
  }

  onBatch({ project, bytes }: Pick<RelayedBatch, 'project' | 'bytes'>): void {
    this.heard.push(`${project} ${textOf(bytes)}`);
  }

  onMissed(): void {
    this.missed += 1;
  }

  async listens(times = 1): Promise<void> {
    await expect.poll(() => this.missed, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(times);
  }

  async hears(lines: readonly string[]): Promise<void> {
    await expect.poll(() => this.heard, { timeout: PATIENCE_MS }).toEqual(lines);
  }
}

/**
 * What every relay does.
 *
 * @param open Two ends of one relay, as two processes have them; or twice the same, where there is one process.
 */
export function describeRelay(open: () => Promise<{ readonly here: Relay; readonly there: Relay }>): void {
  test('a batch that was taken reaches every follower of its kind, in the order it was sent, whatever types they are', async () => {
    const { here, there } = await open();
    const [one, two, other] = [new Ear('one'), new Ear('two'), new Ear('three', 'changes')];
    there.follow(one);
    here.follow(two);
    there.follow(other);
    await Promise.all([one.listens(), two.listens(), other.listens()]);
    const numbers = Array.from({ length: 300 }, (_, index) => String(index));
    const taken = await Promise.all(numbers.map((n) => here.publish(batch(n, { type: `app.thing.${Number(n) % 7}` }))));
    expect(taken.every(Boolean)).toBe(true);
    const lines = numbers.map((n) => `shop ${n}`);
    await Promise.all([one.hears(lines), two.hears(lines)]);
    expect(other.heard).toEqual([]);
  });

  test('a batch of a position that was sent before is taken, and heard once', async () => {
    const { here, there } = await open();
    const ear = new Ear('once');
    there.follow(ear);
    await ear.listens();
    for (const relay of [here, there, here]) expect(await relay.publish(batch('1'))).toBe(true);
    await here.publish(batch('1', { project: 'other' }));
    await here.publish(batch('2'));
    await ear.hears(['shop 1', 'other 1', 'shop 2']);
  });

  test('a follower that fails on a batch hears the next, and one that has stopped hears nothing', async () => {
    const { here, there } = await open();
    const heard: string[] = [];
    const failing = Object.assign(new Ear('failing'), {
      onBatch: ({ bytes }: Pick<RelayedBatch, 'bytes'>) => {
        heard.push(textOf(bytes));
        throw new Error('of the follower');
      },
    });
    const stopped = new Ear('stopped');
    there.follow(failing);
    const following = there.follow(stopped);
    await Promise.all([failing.listens(), stopped.listens()]);
    following.stop();
    await here.publish(batch('1'));
    await here.publish(batch('2'));
    await expect.poll(() => heard, { timeout: PATIENCE_MS }).toEqual(['1', '2']);
    expect(stopped.heard).toEqual([]);
  });

  test('what no relay could carry is refused, and a closed one takes nothing', async () => {
    const { here } = await open();
    await expect(async () => here.publish(batch('1', { project: 'a b' }))).rejects.toMatchObject({
      code: 'bus.subject_invalid',
    });
    await expect(async () => here.publish(batch('1', { bytes: new Uint8Array(512 * 1024 + 1) }))).rejects.toMatchObject(
      { code: 'bus.message_too_large' },
    );
    expect(() => here.follow(new Ear('a.>'))).toThrow(expect.objectContaining({ code: 'bus.subject_invalid' }));
    await here.close();
    expect(await here.publish(batch('2'))).toBe(false);
    await delay(10);
  });
}
