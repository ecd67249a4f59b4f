import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as s3 from '@aws-sdk/client-s3';
import { freePort, makeInstanceFolder, proofSize, type RunningServer, startServer } from '@ashlar/testing';
import { expect, onTestFinished, test } from 'vitest';

const WRITERS = proofSize('files', { short: 2, full: 12 });
const ROUNDS = proofSize('files', { short: 1, full: 20 });
/** Objects looked at after a kill; each has five megabytes. */
const LOOKED_AT = proofSize('files', { short: 6, full: 40 });
/** Of them at once. */
const LOOKERS = 4;
const Bucket = 'crash';
const PART_BYTES = 5_242_880;

test(
  'a kill -9 under uploads in parts serves no half of them, loses no acknowledged one, and leaves no orphan',
  { timeout: 1_800_000 },
  async () => {
    const dataDir = await makeInstanceFolder();
    const environment = { ASHLAR_PORT: String(await freePort()), ASHLAR_DEV: 'true' };
    let server = await startServer({ dataDir, environment });
    const state = { stopped: false };
    onTestFinished(async () => {
      state.stopped = true;
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
    const client = await connect(server);
    await client.send(new s3.CreateBucketCommand({ Bucket }));

    // Begun before the first kill and completed after the last: what was uploaded stays uploaded.
    const patient = { Bucket, Key: 'patient' };
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(patient));
    const first = await client.send(
      new s3.UploadPartCommand({ ...patient, UploadId, PartNumber: 1, Body: Buffer.alloc(PART_BYTES, 7) }),
    );

    const acknowledged = new Map<string, string>();
    const writers = Array.from({ length: WRITERS }, async (_none, writer) => {
      while (!state.stopped) {
        const name = `${writer}/${randomUUID()}`;
        try {
          acknowledged.set(name, await uploadInParts(client, name));
        } catch {
          await delay(50);
        }
      }
    });
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = acknowledged.size;
      await expect.poll(() => acknowledged.size, { timeout: 120_000 }).toBeGreaterThan(before + WRITERS);
      await delay(Math.random() * 300);
      await server.end('SIGKILL');
      server = await startServer({ dataDir, environment });
      await expectWhole(server, client, acknowledged);
    }
    state.stopped = true;
    await Promise.all(writers);
    await expectWhole(server, client, acknowledged);

    expect((await server.ashlar('storage', 'sweep', '--older-than', '0')).code).toBe(0);
    const Parts = [{ PartNumber: 1, ETag: first.ETag }];
    await client.send(new s3.CompleteMultipartUploadCommand({ ...patient, UploadId, MultipartUpload: { Parts } }));
    const { ContentLength } = await client.send(new s3.HeadObjectCommand(patient));
    expect(ContentLength).toBe(PART_BYTES);

    const { Uploads = [] } = await client.send(new s3.ListMultipartUploadsCommand({ Bucket }));
    for (const { Key, UploadId: id } of Uploads) {
      await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }));
    }
    const swept = await server.ashlar('storage', 'sweep', '--older-than', '0');
    expect(swept.code, swept.stderr).toBe(0);
    expect(swept.stdout).toContain('0 objects miss their file');
    const rows = await server.sql<{ version: string }>('select version from storage.objects');
    expect(await filesIn(dataDir)).toEqual(rows.map(({ version }) => version).toSorted());
  },
);

async function connect(server: RunningServer): Promise<s3.S3Client> {
  const { stdout } = await server.ashlar('storage', 'keys', 'create');
  const [accessKeyId = '', secretAccessKey = ''] = stdout.match(/\S+$/gm) ?? [];
  return new s3.S3Client({
    region: 'us-east-1',
    endpoint: `${server.url}/storage/v1/s3`,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
}

/** @returns MD5 of the content. */
async function uploadInParts(client: s3.S3Client, Key: string): Promise<string> {
  const upload = { Bucket, Key };
  const pieces = [Buffer.alloc(PART_BYTES, randomBytes(8)), randomBytes(Math.floor(Math.random() * 100_000) + 1)];
  const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(upload));
  const Parts: s3.CompletedPart[] = [];
  for (const [at, Body] of pieces.entries()) {
    const { ETag } = await client.send(new s3.UploadPartCommand({ ...upload, UploadId, PartNumber: at + 1, Body }));
    Parts.push({ PartNumber: at + 1, ETag });
  }
  await client.send(new s3.CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }));
  return md5Of(Buffer.concat(pieces));
}

/** Whatever is there is whole by its own tag, and what was acknowledged is there. */
async function expectWhole(
  server: RunningServer,
  client: s3.S3Client,
  acknowledged: ReadonlyMap<string, string>,
): Promise<void> {
  const known = [...acknowledged];
  const rows = await server.sql<{ name: string }>('select name from storage.objects');
  const names = new Set(rows.map(({ name }) => name));
  expect(known.filter(([name]) => !names.has(name))).toEqual([]);
  const looked = rows.toSorted(() => Math.random() - 0.5).slice(0, LOOKED_AT);
  await Promise.all(
    Array.from({ length: LOOKERS }, async () => {
      for (let row = looked.pop(); row !== undefined; row = looked.pop()) {
        await expectRight(client, row.name, acknowledged.get(row.name));
      }
    }),
  );
}

async function expectRight(client: s3.S3Client, Key: string, md5: string | undefined): Promise<void> {
  const got = await client.send(new s3.GetObjectCommand({ Bucket, Key }));
  const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  const parts = [bytes.subarray(0, PART_BYTES), bytes.subarray(PART_BYTES)].map((part) =>
    createHash('md5').update(part).digest(),
  );
  expect(got.ETag, Key).toBe(`"${md5Of(Buffer.concat(parts))}-2"`);
  if (md5 !== undefined) expect(md5Of(bytes), Key).toBe(md5);
}

async function filesIn(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, 'files', 'default'), { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).toSorted();
}

function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
