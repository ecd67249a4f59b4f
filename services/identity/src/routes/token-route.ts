import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { exchangeCode } from '../application/exchange-code.ts';
import { refreshSession } from '../application/refresh-session.ts';
import type { SessionDocument } from '../application/session-document.ts';
import { signInWithPassword } from '../application/sign-in-with-password.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { refreshTokenInCookie } from './cookie-sessions.ts';
import { readPhone } from './read-address.ts';
import { idTokenGrant } from './id-token-grant.ts';
import { hasBody, optionalText, readBody } from './read-body.ts';
import { queryText, visitOf } from './visit-of.ts';

const PasswordBody = z.object({ email: optionalText, phone: optionalText, password: optionalText });
const RefreshBody = z.object({ refresh_token: optionalText });
const PkceBody = z.object({ auth_code: optionalText, code_verifier: optionalText });

export function addTokenRoute(app: FastifyInstance, parts: IdentityParts): void {
  app.post('/token', (request) => {
    switch (queryText(request, 'grant_type')) {
      case 'password':
        return passwordGrant(parts, request);
      case 'refresh_token':
        return refreshSession(parts, visitOf(request), presentedToken(request));
      case 'pkce':
        return pkceGrant(parts, request);
      case 'id_token':
        return idTokenGrant(parts, request);
      case 'web3':
        throw identityErrors.web3ProviderDisabled();
      default:
        throw identityErrors.unsupportedGrantType();
    }
  });
}

function passwordGrant(parts: IdentityParts, request: FastifyRequest): Promise<SessionDocument> {
  const { email, phone, password } = readBody(request, PasswordBody);
  const visit = visitOf(request);
  if (email !== '' && phone !== '') {
    const detail = 'Only an email address or phone number should be provided on login.';
    throw identityErrors.validationFailed({ detail });
  }
  if (phone !== '') return signInWithPassword(parts, visit, { by: 'phone', phone: readPhone(phone), password });
  if (email === '') throw identityErrors.validationFailed({ detail: 'missing email or phone' });
  // Not held against the rules of sign-up: a seeded account may have an address they would refuse.
  return signInWithPassword(parts, visit, { by: 'email', email: email.trim().toLowerCase(), password });
}

/** From the body, or from the cookie of a page that has no token to put there. */
function presentedToken(request: FastifyRequest): string {
  const inCookie = refreshTokenInCookie(request);
  const inBody = inCookie === '' || hasBody(request) ? readBody(request, RefreshBody).refresh_token : '';
  return inBody === '' ? inCookie : inBody;
}

function pkceGrant(parts: IdentityParts, request: FastifyRequest): Promise<SessionDocument> {
  const { auth_code: code, code_verifier: verifier } = readBody(request, PkceBody);
  if (code !== '' && verifier !== '') return exchangeCode(parts, visitOf(request), code, verifier);
  const detail = 'invalid request: both auth code and code verifier should be non-empty';
  throw identityErrors.validationFailed({ detail });
}
