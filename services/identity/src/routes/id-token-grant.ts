import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SessionDocument } from '../application/session-document.ts';
import { signInWithIdToken } from '../application/sign-in-with-id-token.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { optionalFlag, optionalText, readBody } from './read-body.ts';
import { bearerOf, visitOf } from './visit-of.ts';

const IdTokenBody = z.object({
  provider: optionalText,
  issuer: optionalText,
  id_token: optionalText,
  access_token: optionalText,
  nonce: optionalText,
  link_identity: optionalFlag,
});

/** `POST /token?grant_type=id_token` */
export function idTokenGrant(parts: IdentityParts, request: FastifyRequest): Promise<SessionDocument> {
  const body = readBody(request, IdTokenBody);
  if (body.id_token === '') throw identityErrors.validationFailed({ detail: 'id_token required' });
  const attempt = {
    provider: body.provider,
    issuer: body.issuer,
    idToken: body.id_token,
    accessToken: body.access_token === '' ? null : body.access_token,
    nonce: body.nonce === '' ? null : body.nonce,
  };
  return signInWithIdToken(parts, visitOf(request), attempt, body.link_identity ? bearerOf(request) : null);
}
