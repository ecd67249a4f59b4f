import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeTarHeader, padding, type TarEntry } from './tar-header.ts';
import { readTar, TarFormatError } from './tar-reader.ts';

const SEED = 20_261_121;

async function readAll(archive: Buffer, chunkBytes: number): Promise<{ entry: TarEntry; content: string }[]> {
  const chunks = Array.from({ length: Math.ceil(archive.length / chunkBytes) }, (_, index) =>
    archive.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  const found: { entry: TarEntry; content: string }[] = [];
  for await (const { entry, content } of readTar(Readable.from(chunks))) {
    found.push({ entry, content: Buffer.concat(await Array.fromAsync(content)).toString('base64') });
  }
  return found;
}

test('what is written is read back, whatever the names, lengths and cuts between chunks', async () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 150 }).filter((text) => !/[/\0]/.test(text));
  const file = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    type: fc.constantFrom('file' as const, 'folder' as const),
    mode: fc.integer({ min: 0, max: 0o777 }),
    content: fc.uint8Array({ maxLength: 1500 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 5 }), fc.integer({ min: 1, max: 2000 }), async (files, chunkBytes) => {
      const expected = files.map(({ content, ...entry }) => {
        const kept = entry.type === 'folder' ? Buffer.alloc(0) : Buffer.from(content);
        return { entry: { ...entry, sizeBytes: kept.length }, kept };
      });
      const archive = Buffer.concat([
        ...expected.flatMap(({ entry, kept }) => [encodeTarHeader(entry), kept, padding(kept.length)]),
        Buffer.alloc(1024),
      ]);
      expect(await readAll(archive, chunkBytes)).toEqual(
        expected.map(({ entry, kept }) => ({ entry, content: kept.toString('base64') })),
      );
    }),
    { seed: SEED, numRuns: 200 },
  );
});

test('an archive that ends early is refused', async () => {
  const header = encodeTarHeader({ path: 'a', type: 'file', mode: 0o600, sizeBytes: 600 });
  await expect(readAll(Buffer.concat([header, Buffer.alloc(300)]), 512)).rejects.toThrow(TarFormatError);
});

test('a file beyond eight gigabytes keeps its size', async () => {
  const entry: TarEntry = { path: 'large', type: 'file', mode: 0o600, sizeBytes: 9_000_000_000 };
  for await (const found of readTar(Readable.from([encodeTarHeader(entry), Buffer.alloc(1)]))) {
    expect(found.entry).toEqual(entry);
    break;
  }
});
