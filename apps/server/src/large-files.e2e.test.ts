import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { proofSize, type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MIB = 2 ** 20;
const SIZE = proofSize('large-files', { short: 256 * MIB, full: 5_120 * MIB });
/** Uploaded in parts each byte is written twice. */
const IN_PARTS = proofSize('large-files', { short: 64 * MIB, full: 5_120 * MIB });
const PARTS = 8;
const BOUND_MIB = 64;
const CHUNK = Buffer.alloc(MIB, 'x');
const TIMEOUT_MS = 1_800_000;

// Linux alone tells a process's peak and lets it be forgotten.
const measurable = existsSync('/proc/self/clear_refs');

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_STORAGE_FILE_SIZE_LIMIT: String(6_000 * MIB) } });
  await send('POST', '/bucket', JSON.stringify({ name: 'large' }), 'application/json');
  // The first requests grow the process once and for all.
  for (let round = 0; round < 5; round += 1) {
    await send('POST', `/object/large/warm`, Buffer.alloc(20 * MIB));
    await receive('warm', 'bytes=0-');
  }
});

afterAll(() => server?.[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly bytes: number;
}

/** @param around What a form has before and behind its file. */
function send(
  method: string,
  path: string,
  body: Buffer | string | number,
  type = 'x/y',
  around: readonly [head: string, tail: string] = ['', ''],
): Promise<Answer> {
  const length = (typeof body === 'number' ? body : Buffer.byteLength(body)) + around.join('').length;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(
    path.startsWith('/') ? `${server.url}/storage/v1${path}` : path,
    {
      method,
      headers: {
        apikey: server.serviceRoleKey,
        'content-type': type,
        'content-length': length,
        'x-upsert': 'true',
      },
    },
    (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes }));
    },
  ).on('error', reject);
  if (typeof body === 'number') void pour(asked, body, around);
  else asked.end(body);
  return promise;
}

async function pour(
  asked: ReturnType<typeof request>,
  length: number,
  [head, tail]: readonly [string, string],
): Promise<void> {
  if (head !== '') asked.write(head);
  for (let sent = 0; sent < length; sent += CHUNK.length) {
    if (!asked.write(CHUNK)) await new Promise((resolve) => asked.once('drain', resolve));
  }
  asked.end(tail);
}

/** @param name Of an object, or an address that was signed for it. */
function receive(name: string, range: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request(
    name.includes('://') ? name : `${server.url}/storage/v1/object/large/${name}`,
    { headers: { apikey: server.serviceRoleKey, range } },
    (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes }));
      answer.on('error', reject);
    },
  )
    .on('error', reject)
    .end();
  return promise;
}

async function connect(options: S3ClientConfig = {}): Promise<S3Client> {
  const { stdout } = await server.ashlar('storage', 'keys', 'create');
  const [accessKeyId = '', secretAccessKey = ''] = stdout.match(/\S+$/gm) ?? [];
  return new S3Client({
    region: 'us-east-1',
    endpoint: `${server.url}/storage/v1/s3`,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    ...options,
  });
}

/** MiB of memory by which the server grew at most while the work was done. */
async function growthOf(work: () => Promise<void>): Promise<number> {
  await writeFile(`/proc/${server.pid}/clear_refs`, '5');
  const before = await memory('VmRSS');
  await work();
  const grown = (await memory('VmHWM')) - before;
  process.stdout.write(`  the server grew by ${grown.toFixed(1)} MiB\n`);
  return grown;
}

async function memory(field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}

test.runIf(measurable)(
  `a file of ${SIZE / MIB} MiB comes in and goes out in ${BOUND_MIB} MiB of memory`,
  { timeout: TIMEOUT_MS },
  async () => {
    const uploading = await growthOf(async () => {
      expect((await send('POST', '/object/large/file', SIZE)).status).toBe(200);
    });
    const downloading = await growthOf(async () => {
      expect(await receive('file', 'bytes=10-')).toEqual({ status: 206, bytes: SIZE - 10 });
    });
    expect(uploading).toBeLessThan(BOUND_MIB);
    expect(downloading).toBeLessThan(BOUND_MIB);
  },
);

test.runIf(measurable)(
  `and as an S3 client signs it, ${SIZE / MIB} MiB do the same`,
  { timeout: TIMEOUT_MS },
  async () => {
    // What is signed here is sent by hand, without a checksum.
    const client = await connect({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const object = { Bucket: 'large', Key: 'signed' };
    const [up, down] = await Promise.all([
      getSignedUrl(client, new PutObjectCommand(object)),
      getSignedUrl(client, new GetObjectCommand(object)),
    ]);
    const uploading = await growthOf(async () => {
      expect((await send('PUT', up, SIZE)).status).toBe(200);
    });
    const downloading = await growthOf(async () => {
      expect(await receive(down, 'bytes=10-')).toEqual({ status: 206, bytes: SIZE - 10 });
    });
    expect(uploading).toBeLessThan(BOUND_MIB);
    expect(downloading).toBeLessThan(BOUND_MIB);
  },
);

test.runIf(measurable)(
  `and in a form, as browsers send it, ${IN_PARTS / MIB} MiB do the same`,
  { timeout: TIMEOUT_MS },
  async () => {
    const head = '--x\r\ncontent-disposition: form-data; name=""; filename="f"\r\ncontent-type: x/y\r\n\r\n';
    const uploading = await growthOf(async () => {
      const sent = send('POST', '/object/large/form', IN_PARTS, 'multipart/form-data; boundary=x', [
        head,
        '\r\n--x--\r\n',
      ]);
      expect((await sent).status).toBe(200);
    });
    expect(uploading).toBeLessThan(BOUND_MIB);
    expect(await receive('form', `bytes=${IN_PARTS - 1}-`)).toEqual({ status: 206, bytes: 1 });
    expect(await receive('form', `bytes=${IN_PARTS}-`)).toMatchObject({ status: 416 });
  },
);

test.runIf(measurable)(
  `and in parts, as the AWS client sends streams by default, ${IN_PARTS / MIB} MiB do the same`,
  { timeout: TIMEOUT_MS },
  async () => {
    const client = await connect();
    const object = { Bucket: 'large', Key: 'in-parts' };
    const length = IN_PARTS / PARTS;
    const uploading = await growthOf(async () => {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
      const Parts: CompletedPart[] = [];
      for (let PartNumber = 1; PartNumber <= PARTS; PartNumber += 1) {
        const part = { ...object, UploadId, PartNumber, ContentLength: length, Body: Readable.from(chunks(length)) };
        const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand(part));
        Parts.push({ PartNumber, ETag, ChecksumCRC32 });
      }
      await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
    });
    const downloading = await growthOf(async () => {
      const { Body, ContentLength } = await client.send(new GetObjectCommand({ ...object, Range: 'bytes=10-' }));
      let bytes = 0;
      if (!(Body instanceof Readable)) throw new TypeError('The answer has no stream');
      for await (const chunk of Body as AsyncIterable<Buffer>) bytes += chunk.length;
      expect([ContentLength, bytes]).toEqual([IN_PARTS - 10, IN_PARTS - 10]);
    });
    client.destroy();
    expect(uploading).toBeLessThan(BOUND_MIB);
    expect(downloading).toBeLessThan(BOUND_MIB);
  },
);

function* chunks(length: number): Generator<Buffer> {
  for (let sent = 0; sent < length; sent += CHUNK.length) yield CHUNK;
}
