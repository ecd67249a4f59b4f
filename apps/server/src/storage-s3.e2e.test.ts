import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import * as s3 from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type RunningServer, startServer } from '@ashlar/testing';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';

const Bucket = 'flow';
const MIB = 1_048_576;
let server: RunningServer;
let admin: s3.S3Client;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_DEV: 'true', ASHLAR_AUTOCONFIRM_EMAIL: 'true' } });
  admin = client(await createKey());
  await admin.send(new s3.CreateBucketCommand({ Bucket }));
});
afterAll(() => server?.stop());

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The client as its makers ship it: nothing set but where, who, and that there is no bucket in the host name. */
function client(credentials: Credentials, path = '/storage/v1/s3'): s3.S3Client {
  return new s3.S3Client({
    region: 'us-east-1',
    endpoint: server.url + path,
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  });
}

async function createKey(...args: readonly string[]): Promise<Credentials> {
  const { code, stdout, stderr } = await server.ashlar('storage', 'keys', 'create', 'for tests', ...args);
  expect(code, stderr).toBe(0);
  const [accessKeyId = '', secretAccessKey = ''] = stdout.match(/\S+$/gm) ?? [];
  return { accessKeyId, secretAccessKey };
}

async function textOf(body: s3.GetObjectCommandOutput['Body']): Promise<string> {
  return (await body?.transformToString()) ?? '';
}

const named = (name: string, status?: number) =>
  expect.objectContaining({
    name,
    ...(status === undefined ? {} : { $metadata: expect.objectContaining({ httpStatusCode: status }) }),
  });

test('buckets live a whole life in the client', async () => {
  await admin.send(new s3.CreateBucketCommand({ Bucket: 'life' }));
  await expect(admin.send(new s3.CreateBucketCommand({ Bucket: 'life' }))).rejects.toEqual(
    named('BucketAlreadyExists', 409),
  );
  const { Buckets = [] } = await admin.send(new s3.ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['flow', 'life']));
  await admin.send(new s3.HeadBucketCommand({ Bucket: 'life' }));
  const { LocationConstraint } = await admin.send(new s3.GetBucketLocationCommand({ Bucket: 'life' }));
  expect(LocationConstraint ?? '').toBe('');
  expect((await admin.send(new s3.GetBucketVersioningCommand({ Bucket: 'life' }))).Status).toBeUndefined();
  await admin.send(new s3.PutObjectCommand({ Bucket: 'life', Key: 'a', Body: 'a' }));
  await expect(admin.send(new s3.DeleteBucketCommand({ Bucket: 'life' }))).rejects.toEqual(
    named('BucketNotEmpty', 409),
  );
  await admin.send(new s3.DeleteObjectCommand({ Bucket: 'life', Key: 'a' }));
  await admin.send(new s3.CreateMultipartUploadCommand({ Bucket: 'life', Key: 'forgotten' }));
  await admin.send(new s3.DeleteBucketCommand({ Bucket: 'life' }));
  await expect(admin.send(new s3.HeadBucketCommand({ Bucket: 'life' }))).rejects.toEqual(named('NotFound', 404));
  await expect(admin.send(new s3.ListObjectsV2Command({ Bucket: 'life' }))).rejects.toEqual(named('NoSuchBucket', 404));
});

test('an object comes back as it was put, with all that was said of it', async () => {
  const Key = "dir/a file (1)!'*.bin";
  const Body = randomBytes(300_000);
  const md5 = createHash('md5').update(Body).digest('hex');
  const put = await admin.send(
    new s3.PutObjectCommand({
      Bucket,
      Key,
      Body,
      ContentType: 'application/x-thing',
      CacheControl: 'max-age=77',
      ContentDisposition: 'attachment; filename="a.bin"',
      ContentEncoding: 'identity',
      ContentLanguage: 'ar',
      Metadata: { colour: 'blue' },
    }),
  );
  expect(put.ETag).toBe(`"${md5}"`);
  const got = await admin.send(new s3.GetObjectCommand({ Bucket, Key }));
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
  const described = {
    ETag: `"${md5}"`,
    ContentLength: 300_000,
    ContentType: 'application/x-thing',
    CacheControl: 'max-age=77',
    ContentDisposition: 'attachment; filename="a.bin"',
    ContentEncoding: 'identity',
    ContentLanguage: 'ar',
    Metadata: { colour: 'blue' },
    AcceptRanges: 'bytes',
  };
  expect(got).toMatchObject({ ...described, ChecksumCRC32: put.ChecksumCRC32 });
  expect(await admin.send(new s3.HeadObjectCommand({ Bucket, Key }))).toMatchObject(described);
  const attributes = await admin.send(
    new s3.GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ETag', 'ObjectSize', 'Checksum'] }),
  );
  expect(attributes).toMatchObject({ ETag: md5, ObjectSize: 300_000, Checksum: { ChecksumCRC32: put.ChecksumCRC32 } });
  expect((await admin.send(new s3.GetObjectTaggingCommand({ Bucket, Key }))).TagSet).toEqual([]);
  // The same object at the other door.
  const supabase = createClient(server.url, server.serviceRoleKey, { auth: { persistSession: false } });
  const { data } = await supabase.storage.from(Bucket).download(Key);
  expect(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(Body)).toBe(true);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  'a %s goes with the bytes and is checked',
  async (ChecksumAlgorithm) => {
    const Body = randomBytes(100_001);
    for (const body of [Body, Readable.from([Body.subarray(0, 7), Body.subarray(7)])]) {
      const command = new s3.PutObjectCommand({
        Bucket,
        Key: 'sum',
        Body: body,
        ContentLength: 100_001,
        ChecksumAlgorithm,
      });
      const put = await admin.send(command);
      const got = await admin.send(new s3.GetObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }));
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
      expect(put[`Checksum${ChecksumAlgorithm}`]).toMatch(/^[\w+/]+=*$/);
      expect(got[`Checksum${ChecksumAlgorithm}`]).toBe(put[`Checksum${ChecksumAlgorithm}`]);
    }
  },
);

test('parts of an object and conditions are answered as S3 does', async () => {
  const put = await admin.send(new s3.PutObjectCommand({ Bucket, Key: 'c', Body: '0123456789' }));
  const get = (more: object) => admin.send(new s3.GetObjectCommand({ Bucket, Key: 'c', ...more }));
  const part = await get({ Range: 'bytes=2-4' });
  expect(part).toMatchObject({ ContentRange: 'bytes 2-4/10', ContentLength: 3 });
  expect(await textOf(part.Body)).toBe('234');
  expect(await textOf((await get({ Range: 'bytes=-3' })).Body)).toBe('789');
  await expect(get({ Range: 'bytes=10-' })).rejects.toEqual(named('InvalidRange', 416));
  await expect(get({ IfNoneMatch: put.ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await expect(get({ IfMatch: '"other"' })).rejects.toEqual(named('PreconditionFailed', 412));
  await expect(get({ IfModifiedSince: new Date(Date.now() + 1_000) })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await expect(get({ IfUnmodifiedSince: new Date(0) })).rejects.toEqual(named('PreconditionFailed', 412));
  expect(await textOf((await get({ IfMatch: put.ETag, IfUnmodifiedSince: new Date(0) })).Body)).toBe('0123456789');
  const overwrite = (more: object) => admin.send(new s3.PutObjectCommand({ Bucket, Key: 'c', Body: 'x', ...more }));
  await expect(overwrite({ IfNoneMatch: '*' })).rejects.toEqual(named('PreconditionFailed', 412));
  await expect(overwrite({ IfMatch: '"other"' })).rejects.toEqual(named('PreconditionFailed', 412));
  await overwrite({ IfMatch: put.ETag });
  await expect(overwrite({ IfMatch: put.ETag })).rejects.toEqual(named('PreconditionFailed', 412));
  await admin.send(new s3.PutObjectCommand({ Bucket, Key: 'c-new', Body: 'x', IfNoneMatch: '*' }));
  await expect(admin.send(new s3.GetObjectCommand({ Bucket, Key: 'none' }))).rejects.toEqual(named('NoSuchKey', 404));
});

test('of two conditional writes one wins', async () => {
  const first = await admin.send(new s3.PutObjectCommand({ Bucket, Key: 'race', Body: '0' }));
  const tries = Array.from({ length: 8 }, (_none, at) =>
    admin.send(new s3.PutObjectCommand({ Bucket, Key: 'race', Body: `next ${at}`, IfMatch: first.ETag })),
  );
  const results = await Promise.allSettled(tries);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

const keys = ({ Contents = [] }: s3.ListObjectsV2CommandOutput) => Contents.map(({ Key }) => Key ?? '');
const folders = ({ CommonPrefixes = [] }: s3.ListObjectsV2CommandOutput) =>
  CommonPrefixes.map(({ Prefix }) => Prefix ?? '');

test('listings go through names in the order of their bytes, page by page', { timeout: 120_000 }, async () => {
  await admin.send(new s3.CreateBucketCommand({ Bucket: 'list' }));
  const names = ['B', 'a', 'a-b', 'a/1', 'a/2', 'a/b/3', 'b c+d', 'b/1', 'c&d'];
  for (const Key of names) await admin.send(new s3.PutObjectCommand({ Bucket: 'list', Key, Body: Key }));
  const list = (more: object) => admin.send(new s3.ListObjectsV2Command({ Bucket: 'list', ...more }));
  expect(keys(await list({}))).toEqual(names);
  const root = await list({ Delimiter: '/' });
  expect([keys(root), folders(root), root.KeyCount]).toEqual([['B', 'a', 'a-b', 'b c+d', 'c&d'], ['a/', 'b/'], 7]);
  const inA = await list({ Delimiter: '/', Prefix: 'a/' });
  expect([keys(inA), folders(inA)]).toEqual([['a/1', 'a/2'], ['a/b/']]);
  expect(keys(await list({ StartAfter: 'a/1', Prefix: 'a' }))).toEqual(['a/2', 'a/b/3']);
  expect(keys(await list({ EncodingType: 'url', Prefix: 'b' }))).toEqual(['b%20c%2Bd', 'b/1']);
  for (const Delimiter of ['/', '-', undefined]) {
    for (const MaxKeys of [1, 2, 3]) {
      const whole = await list({ Delimiter });
      const seen: string[] = [];
      for await (const page of s3.paginateListObjectsV2(
        { client: admin, pageSize: MaxKeys },
        { Bucket: 'list', Delimiter },
      )) {
        expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
        seen.push(...keys(page), ...folders(page));
      }
      expect(seen).toHaveLength(keys(whole).length + folders(whole).length);
      expect(new Set(seen)).toEqual(new Set([...keys(whole), ...folders(whole)]));
    }
  }
  const first = await admin.send(new s3.ListObjectsCommand({ Bucket: 'list', Delimiter: '/', MaxKeys: 4 }));
  expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'a/' });
  const second = await admin.send(
    new s3.ListObjectsCommand({
      Bucket: 'list',
      Delimiter: '/',
      ...(first.NextMarker ? { Marker: first.NextMarker } : {}),
    }),
  );
  expect([...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key }) => Key)).toEqual([
    'B',
    'a',
    'a-b',
    'b c+d',
    'c&d',
  ]);
  expect((await list({ MaxKeys: 0 })).KeyCount).toBe(0);
  await expect(list({ ContinuationToken: 'nonsense' })).rejects.toEqual(named('InvalidArgument', 400));
});

test('objects are copied and deleted, one by one and many at once', async () => {
  const put = await admin.send(
    new s3.PutObjectCommand({
      Bucket,
      Key: 'from +1',
      Body: 'copied',
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
    }),
  );
  const copy = (more: object) =>
    admin.send(
      new s3.CopyObjectCommand({
        Bucket,
        Key: 'to',
        CopySource: `${Bucket}/${encodeURIComponent('from +1')}`,
        ...more,
      }),
    );
  expect((await copy({})).CopyObjectResult?.ETag).toBe(put.ETag);
  expect(await admin.send(new s3.HeadObjectCommand({ Bucket, Key: 'to' }))).toMatchObject({
    ContentType: 'text/plain',
    Metadata: { a: 'b' },
  });
  await copy({ MetadataDirective: 'REPLACE', ContentType: 'text/css', Metadata: { c: 'd' } });
  expect(await admin.send(new s3.HeadObjectCommand({ Bucket, Key: 'to' }))).toMatchObject({
    ContentType: 'text/css',
    Metadata: { c: 'd' },
  });
  await expect(copy({ CopySourceIfMatch: '"other"' })).rejects.toEqual(named('PreconditionFailed', 412));
  await expect(copy({ CopySource: `${Bucket}/none` })).rejects.toEqual(named('NoSuchKey', 404));
  await admin.send(new s3.DeleteObjectCommand({ Bucket, Key: 'from +1' }));
  await admin.send(new s3.DeleteObjectCommand({ Bucket, Key: 'from +1' }));
  expect(await textOf((await admin.send(new s3.GetObjectCommand({ Bucket, Key: 'to' }))).Body)).toBe('copied');
  await admin.send(new s3.PutObjectCommand({ Bucket, Key: 'a&b', Body: 'x' }));
  const Objects = ['to', 'a&b', 'none'].map((Key) => ({ Key }));
  const { Deleted = [] } = await admin.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(Deleted.map(({ Key }) => Key)).toEqual(['to', 'a&b', 'none']);
  const quiet = await admin.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  expect(quiet.Deleted).toBeUndefined();
});

test('a large stream goes up in parts by itself', { timeout: 120_000 }, async () => {
  const body = randomBytes(12 * MIB + 3);
  const upload = new Upload({
    client: admin,
    params: {
      Bucket,
      Key: 'large',
      Body: Readable.from([body.subarray(0, 7 * MIB), body.subarray(7 * MIB)]),
      ContentType: 'x/y',
    },
  });
  const done = await upload.done();
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
  const got = await admin.send(new s3.GetObjectCommand({ Bucket, Key: 'large' }));
  expect(got).toMatchObject({ ContentLength: body.length, ContentType: 'x/y', ETag: done.ETag });
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
});

test('an upload in parts can be looked at, copied into, completed and aborted', { timeout: 120_000 }, async () => {
  const body = randomBytes(5 * MIB);
  await admin.send(new s3.PutObjectCommand({ Bucket, Key: 'source', Body: body }));
  const Key = 'parts/whole';
  const { UploadId } = await admin.send(
    new s3.CreateMultipartUploadCommand({ Bucket, Key, Metadata: { of: 'parts' } }),
  );
  const upload = { Bucket, Key, UploadId };
  const one = await admin.send(
    new s3.UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource: `${Bucket}/source` }),
  );
  const two = await admin.send(
    new s3.UploadPartCopyCommand({
      ...upload,
      PartNumber: 2,
      CopySource: `${Bucket}/source`,
      CopySourceRange: 'bytes=0-99',
    }),
  );
  const three = await admin.send(new s3.UploadPartCommand({ ...upload, PartNumber: 3, Body: 'end' }));
  const listed = await admin.send(new s3.ListPartsCommand({ ...upload, MaxParts: 2 }));
  expect(listed).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 5 * MIB],
    [2, 100],
  ]);
  const { Uploads = [] } = await admin.send(new s3.ListMultipartUploadsCommand({ Bucket, Prefix: 'parts/' }));
  expect(Uploads).toMatchObject([{ Key, UploadId }]);
  const complete = (...parts: readonly (readonly [number, string | undefined])[]) =>
    admin.send(
      new s3.CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: parts.map(([PartNumber, ETag]) => ({ PartNumber, ETag })) },
      }),
    );
  const [a, b, c] = [one.CopyPartResult?.ETag, two.CopyPartResult?.ETag, three.ETag];
  await expect(complete([1, a], [2, b], [3, c])).rejects.toEqual(named('EntityTooSmall', 400));
  await expect(complete([3, c], [1, a])).rejects.toEqual(named('InvalidPartOrder', 400));
  await expect(complete([1, c])).rejects.toEqual(named('InvalidPart', 400));
  await expect(complete([1, a], [4, b])).rejects.toEqual(named('InvalidPart', 400));
  await expect(admin.send(new s3.HeadObjectCommand({ Bucket, Key }))).rejects.toEqual(named('NotFound', 404));
  const done = await complete([1, a], [3, c]);
  expect(done).toMatchObject({ Bucket, Key, ETag: expect.stringMatching(/-2"$/) });
  const got = await admin.send(new s3.GetObjectCommand({ Bucket, Key }));
  expect(got.Metadata).toEqual({ of: 'parts' });
  const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  expect(bytes.equals(Buffer.concat([body, Buffer.from('end')]))).toBe(true);
  await expect(complete([1, a])).rejects.toEqual(named('NoSuchUpload', 404));
  const second = await admin.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: 'aborted' }));
  const aborted = { Bucket, Key: 'aborted', UploadId: second.UploadId };
  await admin.send(new s3.UploadPartCommand({ ...aborted, PartNumber: 1, Body: 'x' }));
  await admin.send(new s3.AbortMultipartUploadCommand(aborted));
  await expect(admin.send(new s3.UploadPartCommand({ ...aborted, PartNumber: 2, Body: 'x' }))).rejects.toEqual(
    named('NoSuchUpload', 404),
  );
  await expect(admin.send(new s3.ListPartsCommand(aborted))).rejects.toEqual(named('NoSuchUpload', 404));
});

test('a signed address serves without a key, for what it was signed', async () => {
  const put = await getSignedUrl(
    admin,
    new s3.PutObjectCommand({ Bucket, Key: 'signed e', Metadata: { by: 'address' } }),
  );
  expect((await fetch(put, { method: 'PUT', body: 'signed' })).status).toBe(200);
  const command = new s3.GetObjectCommand({
    Bucket,
    Key: 'signed e',
    ResponseContentDisposition: 'attachment; filename=x',
  });
  const get = await getSignedUrl(admin, command, { expiresIn: 60 });
  const got = await fetch(get);
  expect([got.status, await got.text()]).toEqual([200, 'signed']);
  expect(got.headers.get('content-disposition')).toBe('attachment; filename=x');
  expect(got.headers.get('x-amz-meta-by')).toBe('address');
  for (const other of [get.replace('signed%20e', 'large'), `${get}&x=y`, get.replace('filename%3Dx', 'filename%3Dy')]) {
    expect((await fetch(other)).status).toBe(403);
  }
  expect((await fetch(get, { method: 'DELETE' })).status).toBe(403);
});

test('a user’s session signs too, and row-level security decides', { timeout: 120_000 }, async () => {
  const supabase = createClient(server.url, server.anonKey, { auth: { persistSession: false } });
  const { data } = await supabase.auth.signUp({ email: 'ada@example.org', password: 'correct horse battery' });
  const sessionToken = data.session?.access_token ?? '';
  const user = client({ accessKeyId: 'default', secretAccessKey: server.anonKey, sessionToken });
  await server.sql(`create policy "own folder" on storage.objects for all to authenticated
    using ((storage.foldername(name))[1] = auth.uid()::text) with check ((storage.foldername(name))[1] = auth.uid()::text)`);
  const own = `${data.user?.id}/mine.txt`;
  await user.send(new s3.PutObjectCommand({ Bucket, Key: own, Body: 'mine' }));
  expect(await textOf((await user.send(new s3.GetObjectCommand({ Bucket, Key: own }))).Body)).toBe('mine');
  await expect(user.send(new s3.GetObjectCommand({ Bucket, Key: 'large' }))).rejects.toEqual(named('NoSuchKey', 404));
  await expect(user.send(new s3.PutObjectCommand({ Bucket, Key: 'elsewhere', Body: 'x' }))).rejects.toEqual(
    named('AccessDenied', 403),
  );
  expect((await user.send(new s3.ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key)).toEqual([own]);
  const { data: signedOut } = await supabase.auth.getSession();
  expect(signedOut.session).not.toBeNull();
  await supabase.auth.signOut();
  await expect
    .poll(
      () =>
        user.send(new s3.ListObjectsV2Command({ Bucket })).then(
          () => 'let in',
          ({ name }: Error) => name,
        ),
      { timeout: 20_000 },
    )
    .toBe('InvalidToken');
});

test('another project has its own door, and its keys open no other', { timeout: 120_000 }, async () => {
  expect((await server.ashlar('project', 'create', 'shop')).code).toBe(0);
  const key = await createKey('--project', 'shop');
  const shop = client(key, '/p/shop/storage/v1/s3');
  await shop.send(new s3.CreateBucketCommand({ Bucket: 'only-shop' }));
  await shop.send(new s3.PutObjectCommand({ Bucket: 'only-shop', Key: 'a', Body: 'of shop' }));
  expect((await shop.send(new s3.ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(['only-shop']);
  await expect(client(key).send(new s3.ListBucketsCommand({}))).rejects.toEqual(named('InvalidAccessKeyId', 403));
  expect(
    (await fetch(await getSignedUrl(shop, new s3.GetObjectCommand({ Bucket: 'only-shop', Key: 'a' })))).status,
  ).toBe(200);
  const alias = client(key, '/p/shop/api/v1/storage/s3');
  expect((await alias.send(new s3.ListBucketsCommand({}))).Buckets).toHaveLength(1);
});

test('a revoked key ends at once', { timeout: 120_000 }, async () => {
  const key = await createKey();
  const last = client(key);
  await last.send(new s3.ListBucketsCommand({}));
  const listed = await server.ashlar('storage', 'keys', 'list');
  expect(listed.stdout).toContain(`${key.accessKeyId}  `);
  expect(listed.stdout).not.toContain(key.secretAccessKey);
  expect((await server.ashlar('storage', 'keys', 'revoke', key.accessKeyId)).code).toBe(0);
  await expect(last.send(new s3.ListBucketsCommand({}))).rejects.toEqual(named('InvalidAccessKeyId', 403));
  expect((await server.ashlar('storage', 'keys', 'revoke', key.accessKeyId)).code).not.toBe(0);
});

test('what is not there says so', async () => {
  const asked = [
    new s3.GetBucketPolicyCommand({ Bucket }),
    new s3.GetBucketAclCommand({ Bucket }),
    new s3.PutObjectTaggingCommand({ Bucket, Key: 'large', Tagging: { TagSet: [] } }),
    new s3.GetObjectCommand({ Bucket, Key: 'large', VersionId: 'x' }),
    new s3.PutObjectCommand({ Bucket, Key: 'x', Body: '', Tagging: 'a=b' }),
  ] as const;
  for (const command of asked)
    await expect(admin.send(command as s3.GetBucketAclCommand)).rejects.toEqual(named('NotImplemented', 501));
});
