import { randomUUID } from 'node:crypto';
import { isSwiftInstalled, startSwift, type SwiftServer } from '@ashlar/testing';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileStoreContract } from '../file-store.contract.ts';
import { createS3FileStore } from './s3-file-store.ts';

describe.skipIf(!isSwiftInstalled())('in OpenStack Swift', () => {
  let swift: SwiftServer;

  beforeAll(async () => {
    swift = await startSwift();
    const credentials = { accessKeyId: swift.accessKey, secretAccessKey: swift.secretKey };
    const client = new S3Client({ endpoint: swift.endpoint, region: swift.region, credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: 'files' }));
    client.destroy();
  }, 120_000);
  afterAll(() => swift?.[Symbol.asyncDispose]());

  const create = () => createS3FileStore({ ...swift, bucket: 'files', prefix: `${randomUUID()}/` });

  fileStoreContract(async () => create());

  test('a large file goes up in parts and comes back', async () => {
    const store = create();
    const at = { project: 'shop', version: randomUUID() };
    const pieces = Array.from({ length: 7 }, (_none, number) => Buffer.alloc(3_000_000, number));
    await store.write(
      at,
      (async function* () {
        yield* pieces;
      })(),
      1e9,
    );
    const stream = await store.read(at);
    expect(Buffer.concat((await stream?.toArray()) ?? []).equals(Buffer.concat(pieces))).toBe(true);
  });
});
