import { z } from 'zod';
import type { AssertionResponse, CreationResponse } from '../application/web-authn.ts';
import { factorErrors } from '../domain/factor-errors.ts';

/** Ids have 1,023 bytes at most (WebAuthn §4); the rest is small, but keys of the future may not be. */
const MAX_ID_LENGTH = 1364;
const MAX_MEMBER_LENGTH = 16_384;
const MAX_TRANSPORTS = 10;

const base64Url = z.string().regex(/^[\w-]*$/);
const id = base64Url.min(1).max(MAX_ID_LENGTH);
const member = base64Url.min(1).max(MAX_MEMBER_LENGTH);
// What extensions answered is not looked at: none is asked for.
const extensions = z
  .unknown()
  .optional()
  .transform((): Readonly<Record<string, never>> => ({}));

const Creation = z.object({
  id,
  rawId: id,
  type: z.literal('public-key'),
  clientExtensionResults: extensions,
  response: z.object({
    clientDataJSON: member,
    attestationObject: member,
    transports: z
      .array(z.string().max(32))
      .max(MAX_TRANSPORTS)
      .nullish()
      .transform((transports) => transports ?? []),
  }),
});

const Assertion = z.object({
  id,
  rawId: id,
  type: z.literal('public-key'),
  clientExtensionResults: extensions,
  response: z.object({
    clientDataJSON: member,
    authenticatorData: member,
    signature: member,
    userHandle: base64Url
      .max(MAX_ID_LENGTH)
      .nullish()
      .transform((handle) => handle ?? ''),
  }),
});

/** @throws {AshlarError} `identity.webauthn_verification_failed` when it has not the form of one. */
export function readCreation(value: unknown): CreationResponse {
  return read(Creation, value);
}

/** @throws {AshlarError} `identity.webauthn_verification_failed` when it has not the form of one. */
export function readAssertion(value: unknown): AssertionResponse {
  return read(Assertion, value);
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw factorErrors.webauthnVerificationFailed();
}
