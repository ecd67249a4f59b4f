import type { ServiceContract } from '@ashlar/service';
import { renderS3DoorFailure } from './s3/render-s3-error.ts';
import { renderDoorFailure, renderRefusal } from './routes/wire-errors.ts';
import { storageSchema } from './schema.ts';

/** The largest object there can be; what a project takes is configured, and counted while the bytes come in. */
const BODY_LIMIT_BYTES = 5_497_558_138_880 + 1_048_576;

/** Buckets and files at `/storage/v1`, their rows in schema `storage` of every project. */
export const storageContract: ServiceContract = {
  name: 'storage',
  publicNames: ['storage'],
  // Public and signed addresses need no key and are opened with whatever a browser has at hand.
  caller: 'optional',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: storageSchema,
  refuse: (refusal) => renderRefusal(refusal),
  fail(failure, { url }) {
    const path = url.split('?', 1)[0] ?? '';
    const resource = /\/storage(?:\/v1)?\/s3(\/.*)?$/.exec(path);
    if (resource === null) return renderDoorFailure(failure);
    return renderS3DoorFailure(failure, { resource: resource[1] ?? '/', requestId: '' });
  },
};
