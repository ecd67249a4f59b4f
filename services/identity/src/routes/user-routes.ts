import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { authenticate } from '../application/authenticate.ts';
import { updateUser } from '../application/update-user.ts';
import type { IdentityParts } from '../application/visit.ts';
import { renderUser } from '../domain/user-document.ts';
import { readEmail, readPhone } from './read-address.ts';
import { optionalMetadata, optionalText, readBody } from './read-body.ts';
import { readWishes, wishMembers } from './read-wishes.ts';
import { bearerOf, visitOf } from './visit-of.ts';

const UserBody = z.object({
  email: optionalText,
  phone: optionalText,
  password: optionalText,
  current_password: optionalText,
  nonce: optionalText,
  data: optionalMetadata,
  ...wishMembers,
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
    const update = {
      email: body.email === '' ? null : readEmail(body.email),
      phone: body.phone === '' ? null : readPhone(body.phone),
      password: body.password === '' ? null : body.password,
      data: body.data,
      nonce: body.nonce,
      currentPassword: body.current_password,
      wishes: readWishes(request, body),
    };
    return renderUser(await updateUser(parts, visitOf(request), bearer, update));
  });
}
