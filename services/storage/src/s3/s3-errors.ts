import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

const catalogue = {
  missingAuthentication: { kind: 'forbidden', title: 'Access Denied', hint: 'Sign the request' },
  twoAuthentications: {
    kind: 'malformed',
    title: 'Only one way to sign is allowed: the header Authorization or the query',
  },
  malformedHeader: { kind: 'malformed', title: 'The authorization header is malformed: {detail}' },
  malformedQuery: { kind: 'malformed', title: 'The signed query is malformed: {detail}' },
  accessKeyUnknown: {
    kind: 'forbidden',
    title: 'The access key ID you provided does not exist in our records',
    hint: 'Make one with `ashlar storage keys create`',
  },
  signatureMismatch: {
    kind: 'forbidden',
    title: 'The request signature we calculated does not match the signature you provided',
    hint: 'Check the secret, and that no proxy changes host or path',
  },
  headerNotSigned: { kind: 'forbidden', title: 'The header {name} was sent and is not signed' },
  timeSkewed: {
    kind: 'forbidden',
    title: 'The difference between the request time and the server’s time is too large',
    hint: 'Set the clock of the client',
  },
  expired: { kind: 'forbidden', title: 'Request has expired' },
  invalidToken: { kind: 'malformed', title: 'The session token is not valid: {detail}' },
  malformedPolicy: { kind: 'malformed', title: 'The policy of the form is malformed: {detail}' },
  policyViolated: { kind: 'forbidden', title: 'Invalid according to Policy: {detail}' },
  tooSmall: { kind: 'malformed', title: 'Your proposed upload is smaller than the policy allows' },
  hashMissing: { kind: 'malformed', title: 'The header x-amz-content-sha256 is missing or has a form nobody knows' },
  hashMismatch: { kind: 'malformed', title: 'The body does not match the header x-amz-content-sha256' },
  chunkSignatureMismatch: { kind: 'forbidden', title: 'The signature of a part of the body does not match' },
  malformedChunk: { kind: 'malformed', title: 'The aws-chunked body is malformed: {detail}' },
  chunkTooSmall: { kind: 'malformed', title: 'Only the last signed chunk may have fewer than 8192 bytes' },
  malformedTrailer: { kind: 'malformed', title: 'The trailer of the body is malformed: {detail}' },
  incompleteBody: { kind: 'malformed', title: 'The body does not have the number of bytes that was declared' },
  badDigest: { kind: 'malformed', title: 'The {name} you specified does not match the body' },
  invalidDigest: { kind: 'malformed', title: 'The {name} you specified is not valid' },
  malformedXml: { kind: 'malformed', title: 'The XML you provided is not well-formed or not what is wanted: {detail}' },
  invalidArgument: { kind: 'malformed', title: 'The value of {name} is not valid' },
  notImplemented: { kind: 'malformed', title: '{feature} is not implemented' },
  methodNotAllowed: { kind: 'method_not_allowed', title: 'The method {method} is not allowed against this resource' },
  preconditionFailed: { kind: 'precondition', title: 'At least one of the preconditions you specified did not hold' },
  noSuchUpload: { kind: 'not_found', title: 'The multipart upload does not exist, or it was completed or aborted' },
  invalidPart: { kind: 'malformed', title: 'Part {number} was not uploaded, or its ETag or checksum is another one' },
  invalidPartNumber: { kind: 'malformed', title: 'The object does not have a part of this number' },
  invalidPartOrder: { kind: 'malformed', title: 'The parts are not in ascending order' },
  partTooSmall: { kind: 'malformed', title: 'Part {number} has fewer than 5242880 bytes and is not the last one' },
  metadataTooLarge: { kind: 'malformed', title: 'The metadata headers have more than 2048 bytes' },
} as const;

/** What the S3 door refuses beyond what every door of the service does; `render-s3-error.ts` has S3's own names. */
export const s3Errors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors('s3', catalogue);
