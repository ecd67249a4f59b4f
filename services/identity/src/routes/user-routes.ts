import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { authenticate } from '../application/authenticate.ts';
import { updateUser } from '../application/update-user.ts';
import type { IdentityParts } from '../application/visit.ts';
import { checkCodeChallenge } from '../domain/pkce.ts';
import { renderUser } from '../domain/user-document.ts';
import { readEmail, readPhone } from './read-address.ts';
import { optionalMetadata, optionalText, readBody } from './read-body.ts';
import { bearerOf, visitOf } from './visit-of.ts';

const UserBody = z.object({
  email: optionalText,
  phone: optionalText,
  password: optionalText,
  data: optionalMetadata,
  code_challenge: optionalText,
  code_challenge_method: optionalText,
});

export function addUserRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get('/user', async (request) => {
    const bearer = bearerOf(request);
    const visit = visitOf(request);
    return renderUser(await parts.inTransaction(visit, (stores) => authenticate(stores, bearer, parts.now())));
  });

  app.put('/user', async (request) => {
    const bearer = bearerOf(request);
    const body = readBody(request, UserBody);
    checkCodeChallenge(body.code_challenge, body.code_challenge_method);
    const update = {
      email: body.email === '' ? null : readEmail(body.email),
      phone: body.phone === '' ? null : readPhone(body.phone),
      password: body.password === '' ? null : body.password,
      data: body.data,
    };
    return renderUser(await updateUser(parts, visitOf(request), bearer, update));
  });
}
