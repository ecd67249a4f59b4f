import type { FastifyRequest } from 'fastify';
import { checkMayStore, ownerOf, readBucketRules, storeObject } from '../application/store-object.ts';
import { checkMimeType } from '../domain/bucket-rules.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { etagOf } from '../routes/download-routes.ts';
import { boundaryOf, readUploadForm } from '../routes/multipart.ts';
import { bytesOf } from '../routes/read-upload.ts';
import { visitOf } from '../routes/visit-of.ts';
import { authenticatePolicy } from './authenticate.ts';
import { readFacts } from './object-facts.ts';
import { judgeForm, type SizeBounds } from './post-policy.ts';
import { objectOf, type S3Answer, type S3Call, type S3Parts } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import type { S3Target } from './s3-target.ts';
import { element, xmlDocument } from './write-xml.ts';

const MAX_FIELDS = 64;
const STATUSES = ['200', '201', '204'];

/** Whether a request is a form for a bucket, which is signed by its policy and not by itself. */
export function isPostedForm({ method, headers }: FastifyRequest, { bucket, key, query }: S3Target): boolean {
  const isUnsigned = headers.authorization === undefined && query.length === 0;
  return (
    method === 'POST' && bucket !== null && key === null && isUnsigned && boundaryOf(headers['content-type']) !== null
  );
}

/** An upload by a form of a web page, as far as the policy goes that whoever made the page has signed. */
export async function postObject(request: FastifyRequest, target: S3Target, parts: S3Parts): Promise<S3Answer> {
  const form = await readUploadForm(bytesOf(request), boundaryOf(request.headers['content-type']) ?? '', MAX_FIELDS);
  const fields = new Map([...form.fields].map(([name, value]) => [name.toLowerCase(), value]));
  if (fields.size !== form.fields.size) throw s3Errors.malformedPolicy({ detail: 'a field is there twice' });
  fields.set('bucket', target.bucket ?? '');
  const key = (fields.get('key') ?? '').replaceAll('${filename}', () => form.filename);
  const { project, requestId, trace, publicUrl, clientAddress } = request.ashlar;
  const authentication = await authenticatePolicy(project, fields, parts);
  const bounds = judgeForm(fields, key, parts.now());
  const refused = [...fields.keys()].find((name) => name === 'tagging' || name.startsWith('x-amz-checksum-'));
  if (refused !== undefined) throw s3Errors.notImplemented({ feature: `The field ${refused}` });

  const context = { project, caller: authentication.caller, refusal: null, requestId, trace, publicUrl, clientAddress };
  const visit = { ...visitOf(request), context };
  // Fields are what headers are elsewhere, and those of the request count for nothing.
  const headers = Object.fromEntries([...fields].map(([name, value]) => [name, Buffer.from(value).toString('latin1')]));
  const asked: FastifyRequest = Object.create(request, { headers: { value: headers } });
  const call: S3Call = { request: asked, target: { ...target, key }, authentication, visit, parts };
  const { bucket, name } = objectOf(call);
  const rules = await readBucketRules(visit, bucket);
  const { contentType = form.contentType, cacheControl, userMetadata, kept } = readFacts(call);
  if (contentType !== undefined) checkMimeType(rules, contentType);
  const object = { bucket, name, replace: true, owner: ownerOf(visit), contentType, cacheControl, userMetadata };
  await checkMayStore(visit, object, 'storage.s3.object.post');
  const stored = await storeObject(visit, parts, rules, { ...object, more: () => kept }, bounded(form.file, bounds));
  return answerOf(fields, { bucket, name, etag: etagOf(stored), publicUrl });
}

async function* bounded(file: AsyncIterable<Buffer>, { min, max }: SizeBounds): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of file) {
    bytes += chunk.length;
    if (bytes > max) throw storageErrors.entityTooLarge();
    yield chunk;
  }
  if (bytes < min) throw s3Errors.tooSmall();
}

interface Posted {
  readonly bucket: string;
  readonly name: string;
  readonly etag: string;
  readonly publicUrl: string;
}

function answerOf(fields: ReadonlyMap<string, string>, { bucket, name, etag, publicUrl }: Posted): S3Answer {
  const location = `${publicUrl}/storage/v1/s3/${encodeURIComponent(bucket)}/${encodeURI(name)}`;
  const redirect = fields.get('success_action_redirect') ?? fields.get('redirect');
  if (redirect !== undefined && URL.canParse(redirect) && /^https?:/i.test(redirect)) {
    const url = new URL(redirect);
    for (const [member, value] of Object.entries({ bucket, key: name, etag })) url.searchParams.set(member, value);
    return { status: 303, headers: { location: url.href, etag } };
  }
  const wanted = fields.get('success_action_status') ?? '';
  const status = STATUSES.includes(wanted) ? Number(wanted) : 204;
  if (status !== 201) return { status, headers: { location, etag } };
  const members = { Location: location, Bucket: bucket, Key: name, ETag: etag };
  const body = xmlDocument(
    'PostResponse',
    Object.entries(members).map(([member, value]) => element(member, value)),
  );
  return { status, headers: { 'content-type': 'application/xml', location, etag }, body };
}
