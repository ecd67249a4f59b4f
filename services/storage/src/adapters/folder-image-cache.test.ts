import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFolderImageCache } from './folder-image-cache.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'ashlar-images-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const image = (size: number) => ({ bytes: Buffer.alloc(size, 1), format: 'webp' as const });

test('beyond the limit the picture used longest ago goes', async () => {
  const root = await folder();
  const cache = createFolderImageCache(root, 100);
  for (const key of ['a', 'b', 'c']) await cache.put('shop', key, image(30));
  expect((await cache.get('shop', 'a'))?.bytes).toHaveLength(30);
  await cache.put('shop', 'd', image(30));
  expect(await cache.get('shop', 'b')).toBeNull();
  expect((await readdir(join(root, 'shop'))).toSorted()).toEqual(['a.webp', 'c.webp', 'd.webp']);
  await cache.put('shop', 'huge', image(101));
  expect(await cache.get('shop', 'huge')).toBeNull();
});

test('the next process finds what this one made, whole files only', async () => {
  const root = await folder();
  await createFolderImageCache(root, 100).put('shop', 'a', image(30));
  await writeFile(join(root, 'shop', 'half-written'), 'x');
  const next = createFolderImageCache(root, 100);
  expect(await next.get('shop', 'a')).toEqual(image(30));
  expect(await next.get('other', 'a')).toBeNull();
  expect(await readdir(join(root, 'shop'))).toEqual(['a.webp']);
  await writeFile(join(root, 'shop', 'a.webp'), 'shorter');
  expect(await next.get('shop', 'a')).toBeNull();
});

test('somebody may remove the folder at any time', async () => {
  const root = await folder();
  const cache = createFolderImageCache(root, 100);
  await cache.put('shop', 'a', image(30));
  await rm(root, { recursive: true });
  expect(await cache.get('shop', 'a')).toBeNull();
  await cache.put('shop', 'a', image(30));
  expect(await cache.get('shop', 'a')).toEqual(image(30));
});
