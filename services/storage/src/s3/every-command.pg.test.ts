import * as s3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccessKey } from '../application/access-keys.ts';
import { createStorageFixture, type StorageFixture } from '../storage.fixture.ts';

/** Commands that do what they say; what they do is tested elsewhere. */
const DONE = [
  'ListBuckets CreateBucket HeadBucket DeleteBucket GetBucketLocation GetBucketVersioning ListObjects ListObjectsV2',
  'HeadObject GetObject PutObject CopyObject DeleteObject DeleteObjects GetObjectAttributes GetObjectTagging',
  'CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload ListParts',
  'ListMultipartUploads',
].flatMap((line) => line.split(' ').map((name) => `${name}Command`));
/** Sent to a host of its own. */
const ELSEWHERE = ['WriteGetObjectResponseCommand'];

/** Enough of every command's input for the client to send it; of each it takes what it knows. */
const INPUT = {
  Bucket: 'walk',
  Key: 'kept',
  CopySource: 'walk/kept',
  RenameSource: 'walk/kept',
  Id: 'x',
  Body: 'other',
  AnnotationName: 'note',
  Tagging: { TagSet: [] },
  VersioningConfiguration: { Status: 'Enabled' },
  AccelerateConfiguration: {},
  AnalyticsConfiguration: { Id: 'x' },
  CORSConfiguration: { CORSRules: [] },
  ServerSideEncryptionConfiguration: { Rules: [] },
  IntelligentTieringConfiguration: { Id: 'x', Status: 'Enabled', Tierings: [] },
  InventoryConfiguration: { Id: 'x', IsEnabled: true },
  LifecycleConfiguration: { Rules: [] },
  BucketLoggingStatus: {},
  MetricsConfiguration: { Id: 'x' },
  NotificationConfiguration: {},
  OwnershipControls: { Rules: [] },
  Policy: '{}',
  PublicAccessBlockConfiguration: {},
  ReplicationConfiguration: { Role: 'x', Rules: [] },
  RequestPaymentConfiguration: { Payer: 'Requester' },
  WebsiteConfiguration: {},
  MetadataConfiguration: {},
  MetadataTableConfiguration: {},
  AbacStatus: {},
  InventoryTableConfiguration: {},
  JournalTableConfiguration: {},
  AnnotationTableConfiguration: {},
  ObjectEncryption: { SSES3: {} },
  LegalHold: {},
  Retention: {},
  RestoreRequest: {},
  ExpressionType: 'SQL',
  Expression: 'select 1',
  InputSerialization: { CSV: {} },
  OutputSerialization: { CSV: {} },
};

let storage: StorageFixture;
let client: s3.S3Client;

beforeAll(async () => {
  storage = await createStorageFixture();
  const { id: accessKeyId, secret: secretAccessKey } = await createAccessKey(storage.project, '');
  const endpoint = `${await storage.listenOpen()}/storage/v1/s3`;
  const credentials = { accessKeyId, secretAccessKey };
  client = new s3.S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials, maxAttempts: 1 });
  await storage.bucket('walk');
});
afterAll(async () => {
  client?.destroy();
  await storage?.[Symbol.asyncDispose]();
});

test('every command of the AWS client is done or said to be not implemented, and none is taken for another', async () => {
  const commands = Object.entries(s3).filter(([name]) => name.endsWith('Command') && name !== '$Command');
  expect(commands.map(([name]) => name)).toEqual(expect.arrayContaining(DONE));
  const others = commands.filter(([name]) => !DONE.includes(name) && !ELSEWHERE.includes(name));
  expect(others.length).toBeGreaterThan(70);
  await storage.put('walk/kept', 'content');
  const answers = await Promise.all(
    others.map(async ([name, exported]) => {
      // Each is a class; the client's types know every one of them only by itself.
      const Command = exported as unknown as new (input: object) => s3.PutObjectCommand;
      const answer = await client.send(new Command(INPUT)).then(
        () => 'done',
        (error: unknown) => error,
      );
      return { name, answer };
    }),
  );
  for (const { name, answer } of answers) {
    expect(answer, name).toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
  }
  expect((await storage.ask({ url: '/object/walk/kept' })).text).toBe('content');
  expect((await client.send(new s3.ListObjectsV2Command({ Bucket: 'walk' }))).KeyCount).toBe(1);
});

test('a part of an object that was uploaded in parts is read by its number', async () => {
  const object = { Bucket: 'walk', Key: 'parts' };
  const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(object));
  const pieces = [Buffer.alloc(5_242_880, 1), Buffer.alloc(5_242_880, 2), Buffer.from('the last')];
  const Parts: s3.CompletedPart[] = [];
  // Numbers may have gaps; what is read later is counted through.
  for (const [at, Body] of pieces.entries()) {
    const PartNumber = at * 2 + 1;
    const { ETag } = await client.send(new s3.UploadPartCommand({ ...object, UploadId, PartNumber, Body }));
    Parts.push({ ETag, PartNumber });
  }
  await client.send(new s3.CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
  const sizeBytes = 10_485_768;
  let start = 0;
  for (const [at, piece] of pieces.entries()) {
    const part = { ...object, PartNumber: at + 1 };
    const head = await client.send(new s3.HeadObjectCommand(part));
    expect(head).toMatchObject({ ContentLength: piece.length, PartsCount: 3, $metadata: { httpStatusCode: 206 } });
    const got = await client.send(new s3.GetObjectCommand(part));
    expect(got).toMatchObject({
      ContentLength: piece.length,
      ContentRange: `bytes ${start}-${start + piece.length - 1}/${sizeBytes}`,
      PartsCount: 3,
    });
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(piece)).toBe(true);
    start += piece.length;
  }
  const asked = { ...object, ObjectAttributes: [s3.ObjectAttributes.OBJECT_PARTS] };
  const { ObjectParts } = await client.send(new s3.GetObjectAttributesCommand(asked));
  expect(ObjectParts?.TotalPartsCount).toBe(3);
  const refused = [
    [{ PartNumber: 4 }, 'InvalidPartNumber', 416],
    [{ PartNumber: 10_001 }, 'InvalidArgument', 400],
    [{ PartNumber: 1, Range: 'bytes=0-1' }, 'InvalidRequest', 400],
  ] as const;
  for (const [more, name, httpStatusCode] of refused) {
    const asking = client.send(new s3.GetObjectCommand({ ...object, ...more }));
    await expect(asking).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  }
  // A copy is made of the same parts; what was put at once has one.
  await client.send(new s3.CopyObjectCommand({ Bucket: 'walk', Key: 'copy', CopySource: 'walk/parts' }));
  const copied = await client.send(new s3.HeadObjectCommand({ Bucket: 'walk', Key: 'copy', PartNumber: 3 }));
  expect(copied).toMatchObject({ ContentLength: 8, PartsCount: 3 });
  await client.send(new s3.PutObjectCommand({ ...object, Body: 'whole' }));
  const whole = await client.send(new s3.HeadObjectCommand({ ...object, PartNumber: 1 }));
  expect(whole).toMatchObject({ ContentLength: 5, $metadata: { httpStatusCode: 206 } });
  expect(whole.PartsCount).toBeUndefined();
  const second = client.send(new s3.GetObjectCommand({ ...object, PartNumber: 2 }));
  await expect(second).rejects.toMatchObject({ name: 'InvalidPartNumber' });
  await client.send(new s3.PutObjectCommand({ ...object, Body: '' }));
  const empty = await client.send(new s3.HeadObjectCommand({ ...object, PartNumber: 1 }));
  expect(empty).toMatchObject({ ContentLength: 0, $metadata: { httpStatusCode: 200 } });
});
