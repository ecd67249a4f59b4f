import type { FastifyInstance } from 'fastify';
import { endOwnSession, listOwnSessions } from '../application/own-sessions.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isUuid } from '../domain/uuid.ts';
import { bearerOf, visitOf } from './visit-of.ts';

/** A user's own sessions: our addition to the dialect. */
export function addOwnSessionRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get('/user/sessions', async (request) => {
    const bearer = bearerOf(request);
    const sessions = await listOwnSessions(parts, visitOf(request), bearer);
    return {
      sessions: sessions.map((session) => ({
        id: session.id,
        created_at: session.createdAt.toISOString(),
        last_used_at: session.usedAt.toISOString(),
        aal: session.assuranceLevel,
        user_agent: session.userAgent,
        ip: session.address,
        current: session.id === bearer.sessionId,
      })),
    };
  });

  app.delete<{ Params: { id: string } }>('/user/sessions/:id', async (request, reply) => {
    const bearer = bearerOf(request);
    const { id } = request.params;
    if (!isUuid(id)) throw identityErrors.validationFailed({ detail: 'session id must be a UUID' });
    await endOwnSession(parts, visitOf(request), bearer, id);
    return reply.code(204).send();
  });
}
