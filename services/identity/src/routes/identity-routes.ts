import type { FastifyInstance } from 'fastify';
import { beginProviderSignIn } from '../application/begin-provider-sign-in.ts';
import { unlinkIdentity } from '../application/unlink-identity.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isUuid } from '../domain/uuid.ts';
import { readProviderSignIn } from './provider-routes.ts';
import { bearerOf, queryText, visitOf } from './visit-of.ts';

/** What somebody signed in does with the identities of their account. */
export function addIdentityRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get('/user/identities/authorize', async (request, reply) => {
    const bearer = bearerOf(request);
    const { url } = await beginProviderSignIn(parts, visitOf(request), readProviderSignIn(request), bearer);
    return queryText(request, 'skip_http_redirect') === 'true' ? { url } : reply.redirect(url, 302);
  });

  app.delete<{ Params: { id: string } }>('/user/identities/:id', async (request) => {
    const bearer = bearerOf(request);
    const { id } = request.params;
    if (!isUuid(id)) throw identityErrors.validationFailed({ detail: 'identity_id must be an UUID' });
    await unlinkIdentity(parts, visitOf(request), bearer, id);
    return {};
  });
}
