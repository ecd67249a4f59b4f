import type { ServiceContract } from '@ashlar/service';
import { renderDoorFailure, renderRefusal } from './routes/wire-errors.ts';
import { notificationsSchema } from './schema.ts';

/** A mail's HTML and text in four-byte letters, and what stands beside them. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

/** Mails, notifications in the application, push and text messages at `/notifications/v1`. */
export const notificationsContract: ServiceContract = {
  name: 'notifications',
  publicNames: ['notifications'],
  // Links of mails and reports of providers come without a key and prove themselves in their own ways.
  caller: 'optional',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: notificationsSchema,
  refuse: (refusal) => renderRefusal(refusal),
  fail: (failure) => renderDoorFailure(failure),
};
