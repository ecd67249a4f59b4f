import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readAddress, signAddress } from '../adapters/url-tokens.ts';
import { type NewObject, checkMayStore, ownerOf, readBucketRules, storeObject } from '../application/store-object.ts';
import type { StorageParts } from '../application/visit.ts';
import { type BucketRules, checkMimeType } from '../domain/bucket-rules.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { StoredObject } from '../domain/stored-object.ts';
import { readJson } from './read-json.ts';
import { type Upload, readUpload } from './read-upload.ts';
import { type Target, encodePath, queryOf, targetOf, visitOf } from './visit-of.ts';

/** Seconds a signed address takes an upload. */
const UPLOAD_ADDRESS_SECONDS = 7_200;
/** What a form has around its file. */
const FORM_OVERHEAD_BYTES = 1_048_576;

/** Uploads by callers, who need their right to the row. */
export function addUploadRoutes(app: FastifyInstance, parts: StorageParts): void {
  const upload = async (request: FastifyRequest): Promise<object> => {
    const target = targetOf(request);
    const visit = visitOf(request);
    const isUpdate = request.method === 'PUT';
    const rules = await rulesFor(request, parts, target);
    const sent = await readUpload(request);
    const object = newObject(target, sent, { replace: isUpdate || wantsUpsert(request), owner: ownerOf(visit) });
    if (object.contentType !== undefined) checkMimeType(rules, object.contentType);
    const size = sent.declaredBytes === null ? {} : { size: sent.declaredBytes };
    await checkMayStore(visit, object, isUpdate ? 'storage.object.upload_update' : 'storage.object.upload', size);
    return answer(await storeObject(visit, parts, rules, object, sent.bytes));
  };
  app.post('/object/:bucket/*', upload);
  app.put('/object/:bucket/*', upload);

  app.post('/object/upload/sign/:bucket/*', async (request) => {
    await readJson(request, z.looseObject({}));
    const target = targetOf(request);
    const visit = visitOf(request);
    await readBucketRules(visit, target.bucket);
    const upsert = wantsUpsert(request);
    const owner = ownerOf(visit);
    const object = { ...target, owner, replace: upsert, contentType: undefined, cacheControl: '', userMetadata: null };
    await checkMayStore(visit, object, 'storage.object.sign_upload_url');
    const grant = { scope: 'upload', url: `${target.bucket}/${target.name}`, owner, upsert } as const;
    const token = signAddress(request.ashlar.project, grant, UPLOAD_ADDRESS_SECONDS, parts.now());
    return { url: `/object/upload/sign/${encodePath(target)}?token=${token}`, token };
  });
}

/** Uploads to an address that was signed for one; whoever holds it needs nothing else. */
export function addSignedUploadRoute(app: FastifyInstance, parts: StorageParts): void {
  app.put('/object/upload/sign/:bucket/*', async (request) => {
    const target = targetOf(request);
    const { project } = request.ashlar;
    const url = `${target.bucket}/${target.name}`;
    const grant = await readAddress(project, queryOf(request, 'token'), 'upload', url, parts.now());
    const rules = await rulesFor(request, parts, target);
    const sent = await readUpload(request);
    const object = newObject(target, sent, { replace: grant.upsert, owner: grant.owner });
    return answer(await storeObject(visitOf(request), parts, rules, object, sent.bytes));
  });
}

function wantsUpsert({ headers }: FastifyRequest): boolean {
  return headers['x-upsert'] === 'true';
}

function newObject(target: Target, sent: Upload, terms: Pick<NewObject, 'replace' | 'owner'>): NewObject {
  const { contentType, cacheControl, userMetadata } = sent;
  return { ...target, ...terms, contentType, cacheControl, userMetadata };
}

/** A length that was declared is judged before anything is read. */
async function rulesFor(request: FastifyRequest, parts: StorageParts, { bucket }: Target): Promise<BucketRules> {
  const rules = await readBucketRules(visitOf(request), bucket);
  const limitBytes = Math.min(parts.fileSizeLimitBytes, rules.file_size_limit ?? Infinity);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limitBytes + FORM_OVERHEAD_BYTES) throw storageErrors.entityTooLarge();
  return rules;
}

function answer({ id, bucket_id, name }: StoredObject): object {
  return { Id: id, Key: `${bucket_id}/${name}` };
}
