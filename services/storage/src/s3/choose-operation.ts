import {
  bucketLocation,
  bucketVersioning,
  createBucket,
  deleteBucket,
  headBucket,
  listBuckets,
} from './bucket-operations.ts';
import { copyObject } from './copy-operations.ts';
import { listObjects, listObjectsV2 } from './list-operations.ts';
import { listParts, listUploads } from './list-uploads.ts';
import { uploadPart, uploadPartCopy } from './part-operations.ts';
import { getObject, getObjectAttributes, getObjectTagging, headObject } from './read-operations.ts';
import type { Operation } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import type { S3Target } from './s3-target.ts';
import { abortUpload, completeUpload, createUpload } from './upload-operations.ts';
import { deleteObject, deleteObjects, putObject } from './write-operations.ts';

/** By what is named, the method, the part of it that is meant, and whether it is copied from elsewhere. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'service GET': listBuckets,
  'bucket PUT': createBucket,
  'bucket HEAD': headBucket,
  'bucket DELETE': deleteBucket,
  'bucket GET': listObjects,
  'bucket GET list-type': listObjectsV2,
  'bucket GET location': bucketLocation,
  'bucket GET versioning': bucketVersioning,
  'bucket GET uploads': listUploads,
  'bucket POST delete': deleteObjects,
  'object GET': getObject,
  'object HEAD': headObject,
  'object GET attributes': getObjectAttributes,
  'object GET tagging': getObjectTagging,
  'object PUT': putObject,
  'object PUT copy': copyObject,
  'object DELETE': deleteObject,
  'object POST uploads': createUpload,
  'object PUT uploadId': uploadPart,
  'object PUT uploadId copy': uploadPartCopy,
  'object POST uploadId': completeUpload,
  'object DELETE uploadId': abortUpload,
  'object GET uploadId': listParts,
};

/** Every part of a bucket or object S3 has; asked for, none of them may be taken for the whole. */
const PARTS: readonly string[] = [
  'list-type location versioning uploads delete attributes tagging uploadId abac accelerate acl analytics cors',
  'encryption encryption-type intelligent-tiering inventory legal-hold lifecycle logging metadataConfiguration',
  'metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock',
  'renameObject replication requestPayment restore retention select session torrent versionId versions website',
  'append',
].flatMap((line) => line.split(' '));

/** What an operation may be asked with beside. */
const MODIFIERS: ReadonlySet<string> = new Set(
  [
    'prefix delimiter marker max-keys encoding-type start-after continuation-token fetch-owner',
    'key-marker upload-id-marker max-uploads partNumber part-number-marker max-parts max-buckets bucket-region',
    'response-content-type response-content-language response-expires response-cache-control',
    'response-content-disposition response-content-encoding',
  ].flatMap((line) => line.split(' ')),
);

/**
 * A word nobody knows may be a part of the object that is younger than this server: without it the request would do
 * something to the object itself. What begins with `x-` is signatures, headers in signed addresses, and notes for logs.
 */
function isUnknown(name: string): boolean {
  return !PARTS.includes(name) && !MODIFIERS.has(name) && !/^x-/i.test(name);
}

/** @throws {AshlarError} `s3.not_implemented`, `s3.method_not_allowed`. */
export function chooseOperation(method: string, { bucket, key, parameters }: S3Target, isCopy: boolean): Operation {
  const scope = bucket === null ? 'service' : key === null ? 'bucket' : 'object';
  const unknown = [...parameters.keys()].find(isUnknown);
  if (unknown !== undefined) throw s3Errors.notImplemented({ feature: `The query ${unknown}` });
  const parts = PARTS.filter((name) => parameters.has(name));
  if (parts.length > 1) throw s3Errors.notImplemented({ feature: `The query ${parts.join('&')}` });
  const name = [scope, method, ...parts, ...(isCopy && method === 'PUT' ? ['copy'] : [])].join(' ');
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation !== undefined) return operation;
  if (parts.length > 0) throw s3Errors.notImplemented({ feature: `${method} of ${parts.join('&')}` });
  throw s3Errors.methodNotAllowed({ method });
}
