import { randomUUID } from 'node:crypto';
import { checkMayStore, type NewObject, ownerOf, putRow, readBucketRules } from '../application/store-object.ts';
import { checkBucketName, checkObjectKey } from '../domain/object-key.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { ObjectMetadata, StoredObject } from '../domain/stored-object.ts';
import { checkRules, readObject } from '../routes/change-routes.ts';
import { etagOf } from '../routes/download-routes.ts';
import { readFacts } from './object-facts.ts';
import { judgeCopySource, writeCondition } from './preconditions.ts';
import { validatorsOf } from './read-operations.ts';
import { headerOf, objectOf, type Operation, type S3Call, xmlAnswer } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import { splitOnce } from './s3-target.ts';
import { expectedOf } from './write-operations.ts';
import { element, xmlDocument } from './write-xml.ts';

export const copyObject: Operation = async (call) => {
  const { visit, parts, request } = call;
  const target = objectOf(call);
  const source = await readSource(call, 'storage.s3.object.copy');
  const directive = headerOf(call, 'x-amz-metadata-directive') ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE')
    throw s3Errors.invalidArgument({ name: 'x-amz-metadata-directive' });
  const { metadata, object: described } = describe(call, source, directive === 'REPLACE');
  checkRules(await readBucketRules(visit, target.bucket), metadata);
  const condition = writeCondition(request.headers);
  const object: NewObject = {
    ...target,
    ...described,
    replace: condition.kind !== 'none',
    owner: ownerOf(visit),
    ...(await expectedOf(call, target, condition)),
  };
  await checkMayStore(visit, object, 'storage.s3.object.copy', metadata);
  const project = visit.context.project.ref;
  const place = { project, version: randomUUID() };
  if (!(await parts.files.copy({ project, version: source.version ?? '' }, place))) throw storageErrors.noSuchKey();
  const made = await putRow(visit, parts, object, metadata, place);
  return xmlAnswer(
    xmlDocument('CopyObjectResult', [
      element('LastModified', metadata.lastModified ?? ''),
      element('ETag', etagOf(made)),
    ]),
  );
};

/** The object behind `x-amz-copy-source`, when the caller sees it and its conditions hold. */
export async function readSource(call: S3Call, operation: string): Promise<StoredObject> {
  const header = headerOf(call, 'x-amz-copy-source') ?? '';
  const [path, query] = splitOnce(header.replace(/^\//, ''), '?');
  if (query !== undefined) throw s3Errors.notImplemented({ feature: 'Copying a version' });
  const [bucket, name = ''] = splitOnce(decoded(path), '/');
  const source = await readObject(call.visit, operation, checkBucketName(bucket), checkObjectKey(name));
  judgeCopySource(call.request.headers, validatorsOf(source));
  return source;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw s3Errors.invalidArgument({ name: 'x-amz-copy-source' }, { cause: error });
  }
}

function describe(
  call: S3Call,
  source: StoredObject,
  isReplaced: boolean,
): {
  readonly metadata: ObjectMetadata;
  readonly object: Pick<NewObject, 'contentType' | 'cacheControl' | 'userMetadata'>;
} {
  const lastModified = call.parts.now().toISOString();
  const facts = readFacts(call);
  const kept = source.metadata ?? {};
  if (!isReplaced) {
    const { mimetype: contentType, cacheControl = 'no-cache' } = kept;
    const object = { contentType, cacheControl, userMetadata: source.user_metadata };
    return { metadata: { ...kept, lastModified }, object };
  }
  const { eTag, size, contentLength, httpStatusCode, checksum } = kept;
  const content = JSON.parse(JSON.stringify({ eTag, size, contentLength, httpStatusCode, checksum })) as ObjectMetadata;
  const { contentType = kept.mimetype, cacheControl, userMetadata } = facts;
  const mimetype = contentType === undefined ? {} : { mimetype: contentType };
  return {
    metadata: { ...content, ...facts.kept, ...mimetype, cacheControl, lastModified },
    object: { contentType, cacheControl, userMetadata },
  };
}
