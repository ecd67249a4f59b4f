import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { signInAnonymously } from '../application/sign-in-anonymously.ts';
import { signUp } from '../application/sign-up.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { checkCodeChallenge } from '../domain/pkce.ts';
import { readEmail } from './read-address.ts';
import { optionalMetadata, optionalText, readBody } from './read-body.ts';
import { visitOf } from './visit-of.ts';

const SignUpBody = z.object({
  email: optionalText,
  phone: optionalText,
  password: optionalText,
  data: optionalMetadata,
  code_challenge: optionalText,
  code_challenge_method: optionalText,
});

export function addSignUpRoute(app: FastifyInstance, parts: IdentityParts): void {
  app.post('/signup', (request) => {
    const body = readBody(request, SignUpBody);
    const visit = visitOf(request);
    const data = body.data ?? {};
    if (body.email === '' && body.phone === '') return signInAnonymously(parts, visit, data);
    if (body.password === '') {
      throw identityErrors.validationFailed({ detail: 'Signup requires a valid password' });
    }
    if (body.email !== '' && body.phone !== '') {
      const detail = 'Only an email address or phone number should be provided on signup.';
      throw identityErrors.validationFailed({ detail });
    }
    checkCodeChallenge(body.code_challenge, body.code_challenge_method);
    if (body.email === '') throw identityErrors.phoneProviderDisabled();
    return signUp(parts, visit, { email: readEmail(body.email), password: body.password, data });
  });
}
