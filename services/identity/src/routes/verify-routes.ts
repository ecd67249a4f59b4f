import { AshlarError } from '@ashlar/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  followLink,
  TOKENS_OF,
  verifySecret,
  type Secret,
  type VerificationType,
} from '../application/verify-secret.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { PKCE_PREFIX } from '../domain/mailed-code.ts';
import { verificationRedirect, type LinkOutcome } from '../domain/verification-redirect.ts';
import { readContact } from './read-address.ts';
import { optionalText, readBody } from './read-body.ts';
import { redirectOf } from './read-wishes.ts';
import { queryText, visitOf } from './visit-of.ts';
import { wireCode } from './wire-errors.ts';

const VerifyBody = z.object({
  type: optionalText,
  token: optionalText,
  token_hash: optionalText,
  email: optionalText,
  phone: optionalText,
});

/** Other texts never were a hash of ours, and cost no query. */
const HASH_FORM = /^\w{1,128}$/;
/** Longer texts never were a code. */
const MAX_CODE_LENGTH = 128;
const HALF_CONFIRMED = 'Confirmation link accepted. Please proceed to confirm link sent to the other email';

/** Where secrets that were sent to somebody are presented; browsers come here without a key. */
export function addVerifyRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.post('/verify', async (request) => {
    const body = readBody(request, VerifyBody);
    const verified = await verifySecret(parts, visitOf(request), readType(body.type), readSecret(body));
    return verified.kind === 'half' ? { msg: HALF_CONFIRMED, code: '200' } : verified.session;
  });

  app.get('/verify', { exposeHeadRoute: false }, async (request, reply) => {
    const type = readType(queryText(request, 'type'));
    const hash = queryText(request, 'token');
    if (hash === '') throw identityErrors.validationFailed({ detail: 'Verify requires a token or a token hash' });
    const target = redirectOf(request);
    const outcome = await follow(parts, request, type, hash, target);
    return reply.redirect(verificationRedirect(target, outcome, hash.startsWith(PKCE_PREFIX)), 303);
  });

  // Mail scanners look with HEAD before the reader does; the link must still be good then.
  app.head('/verify', (_request, reply) => reply.code(200).send());
}

async function follow(
  parts: IdentityParts,
  request: FastifyRequest,
  type: VerificationType,
  hash: string,
  target: string,
): Promise<LinkOutcome> {
  try {
    if (!HASH_FORM.test(hash)) throw identityErrors.otpExpired();
    const followed = await followLink(parts, visitOf(request), type, hash, target);
    switch (followed.kind) {
      case 'half':
        return { kind: 'message', message: HALF_CONFIRMED };
      case 'code':
        return followed;
      case 'session':
        return { ...followed, type };
    }
  } catch (error) {
    const told = error instanceof AshlarError && (error.kind === 'forbidden' || error.kind === 'unprocessable');
    if (!told) throw error;
    // A person reads this one, who knows of no token.
    const refusal = wireCode(error) === 'otp_expired' ? identityErrors.linkExpired() : error;
    return { kind: 'error', error: 'access_denied', code: wireCode(refusal), description: refusal.message };
  }
}

function readType(text: string): VerificationType {
  if (isVerificationType(text)) return text;
  const detail = text === '' ? 'Verify requires a verification type' : 'Unsupported verification type';
  throw identityErrors.validationFailed({ detail });
}

function isVerificationType(text: string): text is VerificationType {
  return Object.hasOwn(TOKENS_OF, text);
}

function readSecret(body: z.output<typeof VerifyBody>): Secret {
  const { type, token, token_hash: hash, email, phone } = body;
  if ((token === '') === (hash === '')) {
    throw identityErrors.validationFailed({ detail: 'Verify requires either a token or a token hash' });
  }
  if (hash !== '') {
    if (email !== '' || phone !== '') {
      throw identityErrors.validationFailed({ detail: 'Only the token_hash and type should be provided' });
    }
    if (!HASH_FORM.test(hash)) throw identityErrors.otpExpired();
    return { by: 'hash', hash };
  }
  if (token.length > MAX_CODE_LENGTH) throw identityErrors.otpExpired();
  const contact = readContact({ email, phone }, 'Only an email address or phone number should be provided on verify');
  const wanted = type === 'sms' || type === 'phone_change' ? 'phone' : 'email';
  if (contact.kind === wanted) return { by: 'code', contact, code: token };
  const detail = 'Only an email address or phone number should be provided on verify';
  throw identityErrors.validationFailed({ detail });
}
