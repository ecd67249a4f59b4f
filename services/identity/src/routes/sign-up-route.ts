import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { signInAnonymously } from '../application/sign-in-anonymously.ts';
import { signUp } from '../application/sign-up.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { readContact } from './read-address.ts';
import { optionalMetadata, optionalText, readBody } from './read-body.ts';
import { readWishes, wishMembers } from './read-wishes.ts';
import { visitOf } from './visit-of.ts';

const SignUpBody = z.object({
  email: optionalText,
  phone: optionalText,
  password: optionalText,
  data: optionalMetadata,
  ...wishMembers,
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
    const contact = readContact(body, 'Only an email address or phone number should be provided on signup.');
    return signUp(parts, visit, { contact, password: body.password, data, wishes: readWishes(request, body) });
  });
}
