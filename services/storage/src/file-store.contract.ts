import { randomUUID } from 'node:crypto';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { FileStore } from './application/file-store.ts';

const PROJECT = 'shop';
const UNBOUNDED = 1e12;
const place = (version: string = randomUUID()) => ({ project: PROJECT, version });

async function* bytes(...chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function textOf(store: FileStore, version: string, range?: { start: number; end: number }) {
  const stream = await store.read(place(version), range);
  if (stream === null) return null;
  return Buffer.concat(await stream.toArray()).toString();
}

async function versionsOf(store: FileStore, before: Date): Promise<string[]> {
  return Array.fromAsync(store.settled(PROJECT, before));
}

const soon = (): Date => new Date(Date.now() + 1000);

/** What every place for files must keep. @param create Makes an empty store. */
export function fileStoreContract(create: () => Promise<FileStore>): void {
  test('what was written is read back, whole and in part', async () => {
    const store = await create();
    const at = place();
    const written = await store.write(at, bytes('hello ', 'world'), UNBOUNDED);
    expect(written).toEqual({ sizeBytes: 11, md5: createHash('md5').update('hello world').digest('hex') });
    expect(await textOf(store, at.version)).toBe('hello world');
    expect(await textOf(store, at.version, { start: 6, end: 8 })).toBe('wor');
    expect(await store.size(at)).toBe(11);
  });

  test('an empty file is a file', async () => {
    const store = await create();
    const at = place();
    expect((await store.write(at, bytes(), UNBOUNDED)).sizeBytes).toBe(0);
    expect(await textOf(store, at.version)).toBe('');
  });

  test('what breaks off or grows too large leaves nothing', async () => {
    const store = await create();
    const at = place();
    const broken = (async function* () {
      yield Buffer.from('half');
      throw new Error('the client went away');
    })();
    await expect(store.write(at, broken, UNBOUNDED)).rejects.toThrow('the client went away');
    await expect(store.write(at, bytes('12345', '6'), 5)).rejects.toMatchObject({ code: 'storage.entity_too_large' });
    expect(await store.read(at)).toBeNull();
    expect(await versionsOf(store, soon())).toEqual([]);
  });

  test('nothing is seen before the last byte', async () => {
    const store = await create();
    const at = place();
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = (async function* () {
      yield Buffer.from('first');
      await promise;
      yield Buffer.from(' last');
    })();
    const writing = store.write(at, slow, UNBOUNDED);
    expect(await store.read(at)).toBeNull();
    resolve();
    await writing;
    expect(await textOf(store, at.version)).toBe('first last');
  });

  test('a copy outlives what it was made of', async () => {
    const store = await create();
    const [from, to] = [place(), place()];
    await store.write(from, bytes('kept'), UNBOUNDED);
    expect(await store.copy(from, to)).toBe(true);
    await store.remove(from);
    await store.remove(from);
    expect(await store.read(from)).toBeNull();
    expect(await textOf(store, to.version)).toBe('kept');
    expect(await store.copy(from, place())).toBe(false);
  });

  test('several files become one, in their order, and stay what they were', async () => {
    const store = await create();
    const [one, two, three, whole] = [place(), place(), place(), place()];
    const large = Buffer.alloc(5_242_880, 3);
    await store.write(one, bytes(large), UNBOUNDED);
    await store.write(two, bytes('end'), UNBOUNDED);
    await store.write(three, bytes('short'), UNBOUNDED);
    expect(await store.join([one, two], whole)).toBe(true);
    expect(await store.size(whole)).toBe(large.length + 3);
    expect(await textOf(store, whole.version, { start: large.length - 1, end: large.length + 2 })).toBe('\u0003end');
    const other = place();
    expect(await store.join([three, two, three], other)).toBe(true);
    expect(await textOf(store, other.version)).toBe('shortendshort');
    const same = place();
    expect(await store.join([two], same)).toBe(true);
    await Promise.all([one, two, three].map((at) => store.remove(at)));
    expect(await textOf(store, same.version)).toBe('end');
    expect(await textOf(store, other.version)).toBe('shortendshort');
    const missing = place();
    expect(await store.join([same, place()], missing)).toBe(false);
    expect(await store.size(missing)).toBeNull();
  });

  test('who opened a file reads it to its end, removed or not', async () => {
    const store = await create();
    const at = place();
    const content = Buffer.alloc(3_000_000, 7);
    await store.write(at, bytes(content), UNBOUNDED);
    const stream = await store.read(at);
    await store.remove(at);
    expect(Buffer.concat((await stream?.toArray()) ?? [])).toEqual(content);
  });

  test('settled files are those older than the moment, and projects do not see each other', async () => {
    const store = await create();
    const at = place();
    await store.write(at, bytes('x'), UNBOUNDED);
    expect(await versionsOf(store, new Date(Date.now() - 60_000))).toEqual([]);
    expect(await versionsOf(store, soon())).toEqual([at.version]);
    expect(await store.read({ ...at, project: 'other' })).toBeNull();
    expect(await Array.fromAsync(store.settled('other', soon()))).toEqual([]);
  });

  test.each(['..', '../other/aa/x', '/etc/passwd', '', 'a\0b', `${randomUUID()}/..`, `${randomUUID()}\n`])(
    '%j names no file',
    async (version) => {
      const store = await create();
      expect(await store.read(place(version))).toBeNull();
      expect(await store.size(place(version))).toBeNull();
      await store.remove(place(version));
      await expect(store.write(place(version), bytes('x'), UNBOUNDED)).rejects.toThrow(RangeError);
    },
  );
}
