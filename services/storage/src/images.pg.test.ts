import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type Ask, createStorageFixture, type StorageFixture } from './storage.fixture.ts';

const ADA = '0d9f1c1e-0000-4000-8000-00000000000a';
const ada = { sub: ADA };
const IBN = { sub: '0d9f1c1e-0000-4000-8000-00000000000b' };
let storage: StorageFixture;

beforeAll(async () => {
  storage = await createStorageFixture();
  await storage.bucket('private');
  await storage.bucket('open', { public: true });
  await storage.asOwner(`
    create policy "own folder" on storage.objects for select to authenticated
      using (bucket_id = 'private' and (storage.foldername(name))[1] = auth.uid()::text)`);
  await put(`private/${ADA}/photo.jpg`, await photo(400, 200));
  await put('open/photo.jpg', await photo(400, 200));
});

afterAll(() => storage?.[Symbol.asyncDispose]());

function photo(width: number, height: number, format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' = 'jpeg') {
  const picture = sharp({ create: { width, height, channels: 3, background: '#c04020' } });
  return picture.toFormat(format).toBuffer();
}

async function put(path: string, bytes: Buffer, type = 'image/jpeg'): Promise<void> {
  const headers = { 'content-type': type, 'x-upsert': 'true' };
  const { status, text } = await storage.ask({ method: 'POST', url: `/object/${path}`, body: bytes, headers });
  expect(status, text).toBe(200);
}

const own = `/render/image/authenticated/private/${ADA}/photo.jpg`;

function render(query: string, more: Partial<Ask> = {}): Promise<Answer> {
  return storage.ask({ url: `${own}?${query}`, as: ada, ...more });
}

async function shapeOf({ status, text, bytes, headers }: Answer): Promise<string> {
  expect(status, text.slice(0, 200)).toBe(200);
  const { width, height, format } = await sharp(bytes).metadata();
  const name = format === 'heif' ? 'avif' : format;
  expect(headers['content-type']).toBe(`image/${name}`);
  return `${width}x${height} ${name}`;
}

test.each([
  ['width=100&height=100', '100x100 jpeg', 'height:100,width:100,resizing_type:fill'],
  ['width=100&height=100&resize=contain', '100x50 jpeg', 'height:100,width:100,resizing_type:fit'],
  ['width=100&height=100&resize=fill', '100x100 jpeg', 'height:100,width:100,resizing_type:force'],
  ['width=100', '100x50 jpeg', 'width:100,resizing_type:fill'],
  ['height=100&quality=30', '200x100 jpeg', 'height:100,resizing_type:fill'],
  ['width=2000', '400x200 jpeg', 'width:2000,resizing_type:fill'],
  ['format=webp&width=10', '10x5 webp', 'width:10,resizing_type:fill'],
  ['format=avif&width=16', '16x8 avif', 'width:16,resizing_type:fill'],
  ['', '400x200 jpeg', 'resizing_type:fill'],
])('%s makes %s', async (query, shape, transformations) => {
  const answer = await render(query);
  expect(await shapeOf(answer)).toBe(shape);
  expect(answer.headers['x-transformations']).toBe(transformations);
});

function accept(text: string, query = 'width=20'): Promise<Answer> {
  return render(query, { headers: { accept: text } });
}

test('the smallest format the client takes is made, unless it asks for that of the source', async () => {
  const webp = await accept('image/avif,image/webp,*/*');
  expect(await shapeOf(webp)).toBe('20x10 webp');
  expect(webp.headers['vary']).toMatch(/accept/i);
  expect(await shapeOf(await accept('image/avif;q=0.9'))).toBe('20x10 avif');
  expect(await shapeOf(await accept('image/webp;q=0, */*'))).toBe('20x10 jpeg');
  expect(await shapeOf(await accept('image/webp', 'width=20&format=origin'))).toBe('20x10 jpeg');
});

test.each(['png', 'webp', 'gif', 'avif'] as const)('a picture of format %s is opened', async (format) => {
  await put('open/source', await photo(64, 32, format), 'application/octet-stream');
  const answer = await storage.ask({ url: '/render/image/public/open/source?width=32&height=32', as: 'anon' });
  expect(await shapeOf(answer)).toBe(`32x32 ${format}`);
});

test.each([
  'width=0',
  'width=2001',
  'height=-1',
  'width=1.5',
  'width=x',
  'quality=19',
  'quality=101',
  'resize=zoom',
  'format=svg',
  'width=1&width=2',
])('%s is refused', async (query) => {
  expect(await render(query)).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } });
});

test('a picture is shown to whom its object is, and to nobody else', async () => {
  for (const as of ['anon', IBN] as const) {
    expect((await render('width=10', { as })).body).toMatchObject({ statusCode: '404', code: 'NoSuchKey' });
  }
  const closed = await storage.ask({ url: own.replace('authenticated', 'public'), as: 'anon' });
  expect(closed.body.code).toBe('NoSuchBucket');
  expect((await storage.ask({ url: '/render/image/public/open/photo.jpg', as: 'anon' })).status).toBe(200);
  // What others had made is in the cache, and still not theirs.
  expect((await render('width=10')).status).toBe(200);
  expect((await render('width=10', { as: IBN })).status).toBe(400);
});

test('a signed address shows the very picture it was signed for, and not its original', async () => {
  const path = `private/${ADA}/photo.jpg`;
  const sign = (transform: object, as: Ask['as'] = ada) =>
    storage.ask({ method: 'POST', url: `/object/sign/${path}`, as, body: { expiresIn: 60, transform } });
  expect((await sign({ width: 10 }, IBN)).body.code).toBe('NoSuchKey');
  expect((await sign({ width: 9_999 })).body.code).toBe('InvalidRequest');
  const { signedURL } = (await sign({ width: 40, height: 40, resize: 'contain' })).body;
  expect(signedURL).toMatch(new RegExp(`^/render/image/sign/${path}\\?token=`));
  const shown = await storage.ask({ url: `${signedURL}&width=400&height=400`, as: 'anon' });
  expect(await shapeOf(shown)).toBe('40x20 jpeg');
  const original = await storage.ask({ url: signedURL.replace('/render/image', '/object'), as: 'anon' });
  expect(original.body.code).toBe('InvalidSignature');
  const other = await storage.ask({ url: signedURL.replace('photo.jpg', 'other.jpg'), as: 'anon' });
  expect(other.body.code).toBe('InvalidSignature');
  const plain = (await storage.ask({ method: 'POST', url: `/object/sign/${path}`, as: ada, body: { expiresIn: 60 } }))
    .body;
  const asPicture = await storage.ask({ url: plain.signedURL.replace('/object', '/render/image'), as: 'anon' });
  expect(asPicture.body.code).toBe('InvalidSignature');
});

test('a picture is made once, and anew when its object is replaced or gone', async () => {
  const url = '/render/image/public/open/changing?width=10&height=10';
  const ask = () => storage.ask({ url, as: 'anon' });
  await put('open/changing', await photo(50, 50));
  const kept = async () => (await readdir(join(storage.folder, '.rendered', storage.test.ref))).toSorted();
  const first = await ask();
  const files = await kept();
  const again = await storage.ask({ url, as: 'anon', headers: { 'if-none-match': String(first.headers['etag']) } });
  expect(again.status).toBe(304);
  expect((await ask()).bytes).toEqual(first.bytes);
  expect(await kept()).toEqual(files);
  await put(
    'open/changing',
    await sharp({ create: { width: 50, height: 50, channels: 3, background: '#00ff00' } })
      .jpeg()
      .toBuffer(),
  );
  const second = await ask();
  expect(second.bytes).not.toEqual(first.bytes);
  expect(second.headers['etag']).not.toBe(first.headers['etag']);
  await storage.ask({ method: 'DELETE', url: '/object/open/changing' });
  expect((await ask()).body.code).toBe('NoSuchKey');
});

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, check]);
}

/** A PNG whose header promises more than its bytes hold. */
function pngOf(width: number, height: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

function gifOf(width: number, height: number): Buffer {
  const gif = Buffer.from('GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\0\0\0\0\0\x02\x02D\x01\0;', 'latin1');
  for (const at of [6, 24]) gif.writeUInt16LE(width, at);
  for (const at of [8, 26]) gif.writeUInt16LE(height, at);
  return gif;
}

function webpOf(width: number, height: number): Buffer {
  const webp = Buffer.alloc(30);
  webp.write('RIFF', 0, 'latin1');
  webp.writeUInt32LE(22, 4);
  webp.write('WEBPVP8 ', 8, 'latin1');
  webp.writeUInt32LE(10, 16);
  webp.set([0x30, 0x01, 0x00, 0x9d, 0x01, 0x2a], 20);
  webp.writeUInt16LE(width, 26);
  webp.writeUInt16LE(height, 28);
  return webp;
}

const BOMBS: readonly (readonly [name: string, bytes: () => Buffer])[] = [
  // 900 million pixels in 110 kB, whole and valid.
  ['PNG', () => pngOf(30_000, 30_000, Buffer.alloc(30_000 * 3_751))],
  ['PNG of one row', () => pngOf(2_147_483_647, 1, Buffer.alloc(10))],
  ['GIF', () => gifOf(65_535, 65_535)],
  ['WebP', () => webpOf(16_383, 16_383)],
  [
    'SVG',
    () =>
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"><rect width="1" height="1"/></svg>',
      ),
  ],
  [
    'SVG of entities',
    () =>
      Buffer.from(
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
      ),
  ],
  [
    'SVG named by a PNG beginning',
    () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from('<svg/>')]),
  ],
  ['PDF', () => Buffer.from('%PDF-1.4 nothing')],
  ['TIFF', () => Buffer.from('II*\0\x08\0\0\0', 'latin1')],
  ['text', () => Buffer.from('no picture')],
  ['nothing', () => Buffer.alloc(0)],
  ['a JPEG that breaks off', () => Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0', 'latin1')],
];

test.each(BOMBS)('%s is refused before it is decoded', { timeout: 60_000 }, async (_name, bytes) => {
  await put('open/bomb', bytes(), 'image/png');
  const started = performance.now();
  const answer = await storage.ask({ url: '/render/image/public/open/bomb?width=10', as: 'anon' });
  expect(answer).toMatchObject({ status: 400, body: { statusCode: '400', code: 'InvalidRequest' } });
  // Decoding 900 million pixels takes far longer, on any machine.
  expect(performance.now() - started).toBeLessThan(5_000);
  expect((await storage.ask({ url: '/render/image/public/open/photo.jpg?width=11', as: 'anon' })).status).toBe(200);
});
