import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Observe } from '@ashlar/telemetry';
import { readAddress } from '../adapters/url-tokens.ts';
import { continueUpload, finishUpload, limitOf } from '../application/continue-upload.ts';
import { beginUpload, endUpload, isStored, readUpload, whileHeld } from '../application/resumable-uploads.ts';
import { checkMayStore, type NewObject, ownerOf, readBucketRules } from '../application/store-object.ts';
import type { StorageParts } from '../application/visit.ts';
import { type BucketRules, checkMimeType } from '../domain/bucket-rules.ts';
import { checkNotExpired, offsetOf, type ResumableUpload } from '../domain/resumable-upload.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { answer, answerError } from './answer-error.ts';
import { bytesOf } from './read-upload.ts';
import {
  CHUNK_TYPE,
  checkVersion,
  declaredBytes,
  idOf,
  locationOf,
  methodOf,
  newUploadOf,
  numberHeader,
  protocolHeaders,
  uploadHeaders,
  uploadLengthOf,
} from './tus-headers.ts';
import { type Target, visitOf } from './visit-of.ts';
import { renderRefusal } from './wire-errors.ts';

const CREATE_OPERATION = 'storage.tus.upload.create';

/** Uploads in several requests, as version 1.0.0 of the tus protocol has them. */
export function addResumableRoutes(app: FastifyInstance, parts: StorageParts, observe: Observe): void {
  void app.register((tus, _options, done) => {
    tus.setErrorHandler((error, request, reply) => answerError(error, request, reply, observe, 'line'));
    tus.addHook('onRequest', async (request, reply) => {
      void reply.headers(protocolHeaders(parts.fileSizeLimitBytes, request.method === 'OPTIONS'));
      if (request.method !== 'OPTIONS') checkVersion(request);
      // Whom the door could not know may still hold a signed address, or ask how far an upload is.
      const { refusal } = request.ashlar;
      const needsCaller = request.method !== 'OPTIONS' && request.method !== 'HEAD' && !isSigned(request);
      if (refusal !== null && needsCaller) return answer(request, reply, renderRefusal(refusal, 'line'));
      return undefined;
    });
    for (const base of ['/upload/resumable', '/upload/resumable/sign']) {
      for (const url of [base, `${base}/`]) {
        tus.options(url, (_request, reply) => reply.code(204).send());
        tus.post(url, (request, reply) => begin(request, reply, parts));
      }
      tus.options(`${base}/:id`, (_request, reply) => reply.code(204).send());
      tus.head(`${base}/:id`, (request, reply) => look(request, reply, parts));
      tus.patch(`${base}/:id`, (request, reply) => proceed(request, reply, parts));
      tus.delete(`${base}/:id`, (request, reply) => abandon(request, reply, parts));
      // For clients whose network lets only GET and POST through.
      tus.post(`${base}/:id`, (request, reply) =>
        methodOf(request) === 'DELETE' ? abandon(request, reply, parts) : proceed(request, reply, parts),
      );
    }
    done();
  });
}

function isSigned({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.includes('/upload/resumable/sign') === true;
}

/** Who uploads, and what the signed address or the header says of replacing. */
async function termsOf(request: FastifyRequest, target: Target, { now }: StorageParts) {
  if (!isSigned(request)) {
    return { owner: ownerOf(visitOf(request)), replace: request.headers['x-upsert'] === 'true', isSigned: false };
  }
  const grant = await readGrant(request, target, now());
  return { owner: grant.owner, replace: grant.upsert, isSigned: true };
}

function readGrant(request: FastifyRequest, { bucket, name }: Target, now: Date) {
  return readAddress(request.ashlar.project, request.headers['x-signature'], 'upload', `${bucket}/${name}`, now);
}

async function begin(request: FastifyRequest, reply: FastifyReply, parts: StorageParts): Promise<FastifyReply> {
  const lengthBytes = uploadLengthOf(request);
  const { target, ...facts } = newUploadOf(request);
  const terms = await termsOf(request, target, parts);
  const visit = visitOf(request);
  const rules = await readBucketRules(visit, target.bucket);
  const object = { ...target, ...facts, owner: terms.owner, replace: terms.replace };
  checkRules(parts, rules, object, lengthBytes);
  const known = lengthBytes === null ? {} : { size: lengthBytes };
  if (!terms.isSigned) await checkMayStore(visit, object, CREATE_OPERATION, known);
  const hasBody = request.headers['content-type'] === CHUNK_TYPE;
  const upload = await beginUpload(visit, parts, { object, lengthBytes, isSigned: terms.isSigned });
  void reply.code(201).headers({ ...uploadHeaders(upload), location: locationOf(request, upload, terms.isSigned) });
  if (lengthBytes === 0) {
    await finishUpload(visit, parts, upload, rules);
    return reply.header('upload-offset', '0').send();
  }
  if (!hasBody) return reply.send();
  const offset = await continueUpload(visit, parts, {
    upload,
    offset: 0,
    lengthBytes: null,
    body: bytesOf(request),
    bodyBytes: declaredBytes(request),
  });
  return reply.header('upload-offset', String(offset)).send();
}

function checkRules(parts: StorageParts, rules: BucketRules, object: NewObject, lengthBytes: number | null): void {
  if ((lengthBytes ?? 0) > limitOf(parts, rules)) throw storageErrors.entityTooLarge();
  if (object.contentType !== undefined) checkMimeType(rules, object.contentType);
}

/** The upload an address names; its name is part of the address and has to be the upload's own. */
async function uploadOf(request: FastifyRequest, parts: StorageParts): Promise<ResumableUpload> {
  const { id, target } = idOf(request);
  const upload = await readUpload(request.ashlar.project.database, id);
  const isIts = upload.bucket_id === target.bucket && upload.name === target.name;
  if (!isIts || upload.is_signed !== isSigned(request)) throw storageErrors.noSuchUpload();
  checkNotExpired(upload, parts.now());
  return upload;
}

async function look(request: FastifyRequest, reply: FastifyReply, parts: StorageParts): Promise<FastifyReply> {
  const upload = await uploadOf(request, parts);
  const { project } = request.ashlar;
  const sizeBytes = await parts.partials.size({ project: project.ref, version: upload.id });
  if (sizeBytes === null) throw storageErrors.noSuchUpload();
  let offset = offsetOf(upload, sizeBytes);
  if (sizeBytes === upload.length_bytes && (await isStored(project, upload))) offset = sizeBytes;
  return reply
    .code(200)
    .headers({ ...uploadHeaders(upload), 'upload-offset': String(offset), 'cache-control': 'no-store' })
    .send();
}

/** Only who began an upload goes on with it: the user, or who holds the signed address. */
async function checkIsTheirs(request: FastifyRequest, upload: ResumableUpload, parts: StorageParts): Promise<void> {
  if (upload.is_signed) {
    await readGrant(request, { bucket: upload.bucket_id, name: upload.name }, parts.now());
    return;
  }
  const visit = visitOf(request);
  const isTheirs = visit.context.caller.role === upload.role && ownerOf(visit) === upload.owner_id;
  if (!isTheirs) throw storageErrors.accessDenied({ detail: 'Access denied' });
}

async function proceed(request: FastifyRequest, reply: FastifyReply, parts: StorageParts): Promise<FastifyReply> {
  if (methodOf(request) !== 'PATCH') throw storageErrors.notFound({ method: request.method, path: request.url });
  if (request.headers['content-type'] !== CHUNK_TYPE) throw storageErrors.chunkType();
  const offset = numberHeader(request, 'upload-offset');
  if (offset === null) throw storageErrors.invalidRequest({ detail: 'Upload-Offset is missing' });
  const upload = await uploadOf(request, parts);
  await checkIsTheirs(request, upload, parts);
  const reached = await continueUpload(visitOf(request), parts, {
    upload,
    offset,
    lengthBytes: numberHeader(request, 'upload-length'),
    body: bytesOf(request),
    bodyBytes: declaredBytes(request),
  });
  return reply
    .code(204)
    .headers({ ...uploadHeaders(upload), 'upload-offset': String(reached) })
    .send();
}

async function abandon(request: FastifyRequest, reply: FastifyReply, parts: StorageParts): Promise<FastifyReply> {
  const upload = await uploadOf(request, parts);
  await checkIsTheirs(request, upload, parts);
  const { project } = request.ashlar;
  await whileHeld(project, upload, () => endUpload(project, parts, upload.id));
  return reply.code(204).send();
}
