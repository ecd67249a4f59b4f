import { commonErrorsInArabic } from './common-errors-in-arabic.ts';
import { defineErrors, type ErrorFactory } from './errors.ts';

export type CommonErrorName =
  | 'invalidInput'
  | 'malformed'
  | 'unauthenticated'
  | 'permissionDenied'
  | 'orgMissing'
  | 'notFound'
  | 'staleVersion'
  | 'illegalTransition'
  | 'inUse'
  | 'idempotencyConflict'
  | 'idempotencyKeyInvalid'
  | 'busy'
  | 'tooSlow'
  | 'suiteNotInstalled'
  | 'useCaseUnknown'
  | 'stepWithdrawn';

/** What any use case may refuse; each of its own errors has a code of its suite. */
export const commonErrors: Readonly<Record<CommonErrorName, ErrorFactory>> = defineErrors(
  'common',
  {
    invalidInput: {
      kind: 'unprocessable',
      title: 'The input breaks {count} rules',
      hint: 'See errors for each of them',
    },
    malformed: { kind: 'malformed', title: 'The request is no valid {wanted}' },
    unauthenticated: { kind: 'unauthenticated', title: '{useCase} asks for a signed-in caller' },
    permissionDenied: { kind: 'forbidden', title: '{useCase} asks for the permission {permission}' },
    orgMissing: {
      kind: 'forbidden',
      title: 'The caller acts for no organisation',
      hint: 'Members act for their own; with the secret key name one in the header Ashlar-Organisation',
    },
    notFound: { kind: 'not_found', title: 'There is no {what} {id}' },
    staleVersion: {
      kind: 'conflict',
      title: 'Version {expected} was expected, it is {actual} now',
      hint: 'Read it again and repeat the change on what it is now',
    },
    illegalTransition: { kind: 'conflict', title: 'It cannot become {to} from {from}; allowed: {allowed}' },
    inUse: { kind: 'conflict', title: '{what} is in use by {by}', hint: 'Archive it instead' },
    idempotencyConflict: { kind: 'conflict', title: 'This Idempotency-Key was used for another request' },
    idempotencyKeyInvalid: { kind: 'malformed', title: 'An Idempotency-Key has 1 to 255 printable ASCII characters' },
    busy: { kind: 'conflict', title: 'Others were changing the same rows; nothing was done', retryable: true },
    tooSlow: { kind: 'timeout', title: '{useCase} took longer than it may; nothing was done', retryable: true },
    suiteNotInstalled: { kind: 'not_found', title: 'The suite {suite} is not added to this project' },
    useCaseUnknown: { kind: 'not_found', title: 'There is no use case {name}' },
    stepWithdrawn: { kind: 'conflict', title: 'The step {step} was withdrawn before it was done' },
  },
  { ar: commonErrorsInArabic },
);
