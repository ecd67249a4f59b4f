import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Bus } from './bus.ts';

const PATIENCE_MS = 30_000;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * What every bus does.
 *
 * @param open Two ends of one bus, as two processes have them; or twice the same, where there is one process.
 */
export function describeBus(open: () => Promise<{ readonly here: Bus; readonly there: Bus }>): void {
  test('a message reaches whoever subscribes to its subject, here and elsewhere, and nobody else', async () => {
    const { here, there } = await open();
    const heard: string[] = [];
    const subscriptions = [
      here.subscribe('rooms.a', (bytes) => heard.push(`here ${textOf(bytes)}`)),
      there.subscribe('rooms.a', (bytes) => heard.push(`there ${textOf(bytes)}`)),
      there.subscribe('rooms.b', (bytes) => heard.push(`other ${textOf(bytes)}`)),
    ];
    await Promise.all(subscriptions.map(({ ready }) => ready));
    here.publish('rooms.a', bytesOf('1'));
    await expect.poll(() => heard.toSorted(), { timeout: PATIENCE_MS }).toEqual(['here 1', 'there 1']);
    there.publish('rooms.a', bytesOf('2'));
    await expect.poll(() => heard.length, { timeout: PATIENCE_MS }).toBe(4);
    expect(heard.slice(2).toSorted()).toEqual(['here 2', 'there 2']);
  });

  test('messages of one publisher arrive in their order, whole', async () => {
    const { here, there } = await open();
    const heard: number[] = [];
    await there.subscribe('counts', (bytes) => heard.push(Number(textOf(bytes)))).ready;
    const numbers = Array.from({ length: 2_000 }, (_, index) => index);
    for (const n of numbers) here.publish('counts', bytesOf(String(n)));
    await expect.poll(() => heard.length, { timeout: PATIENCE_MS }).toBe(numbers.length);
    expect(heard).toEqual(numbers);
    const large = new Uint8Array(512 * 1024).fill(7);
    const got = Promise.withResolvers<Uint8Array>();
    await there.subscribe('large', got.resolve).ready;
    here.publish('large', large);
    expect(Buffer.compare(await got.promise, large)).toBe(0);
  });

  test('what was published is on its way once the bus was flushed, and a closed one has nothing to wait for', async () => {
    const { here, there } = await open();
    const heard: string[] = [];
    await there.subscribe('flushed', (bytes) => heard.push(textOf(bytes))).ready;
    for (let n = 0; n < 100; n += 1) here.publish('flushed', bytesOf(String(n)));
    await here.flush();
    await expect.poll(() => heard.length, { timeout: PATIENCE_MS }).toBe(100);
    await here.close();
    await here.flush();
  });

  test('a handler that fails disturbs nobody, and one that stopped hears no more', async () => {
    const { here, there } = await open();
    const heard: string[] = [];
    const failing = there.subscribe('shaky', () => {
      throw new Error('broken');
    });
    const stopped = there.subscribe('shaky', () => heard.push('stopped'));
    const sound = there.subscribe('shaky', (bytes) => heard.push(textOf(bytes)));
    await Promise.all([failing.ready, stopped.ready, sound.ready]);
    stopped.stop();
    here.publish('shaky', bytesOf('1'));
    here.publish('shaky', bytesOf('2'));
    await expect.poll(() => heard, { timeout: PATIENCE_MS }).toEqual(['1', '2']);
  });

  test.each(['', 'a..b', '.a', 'a.', 'a b', 'a.*', '>', 'a\r\nPUB x 0', 'x'.repeat(256)])(
    'the subject %j is refused',
    async (subject) => {
      const { here } = await open();
      const invalid = expect.objectContaining({ code: 'bus.subject_invalid' });
      expect(() => here.publish(subject, bytesOf('x'))).toThrow(invalid);
      expect(() => here.subscribe(subject, () => undefined)).toThrow(invalid);
    },
  );

  test('a message too large is refused, and a closed bus says and hears nothing', async () => {
    const { here, there } = await open();
    expect(() => here.publish('a', new Uint8Array(512 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: 'bus.message_too_large' }),
    );
    const heard: unknown[] = [];
    await there.subscribe('a', (bytes) => heard.push(bytes)).ready;
    await here.close();
    here.publish('a', bytesOf('late'));
    await delay(50);
    expect(heard).toEqual([]);
  });
}
