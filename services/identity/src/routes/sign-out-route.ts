import type { FastifyInstance } from 'fastify';
import { signOut } from '../application/sign-out.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { SignOutScope } from '../domain/session.ts';
import { clearSessionCookies } from './cookie-sessions.ts';
import { bearerOf, queryText, visitOf } from './visit-of.ts';

export function addSignOutRoute(app: FastifyInstance, parts: IdentityParts): void {
  app.post('/logout', async (request, reply) => {
    const scope = readScope(queryText(request, 'scope'));
    await signOut(parts, visitOf(request), bearerOf(request), scope);
    if (scope !== 'others') clearSessionCookies(request, reply);
    return reply.code(204).send();
  });
}

function readScope(text: string): SignOutScope {
  if (text === '') return 'global';
  if (text === 'global' || text === 'local' || text === 'others') return text;
  throw identityErrors.validationFailed({ detail: `Unsupported logout scope "${text}"` });
}
