import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { TrailFilter } from '../application/admin-records.ts';
import { auditEntry, SERVICE_ACTOR } from '../application/audit-entry.ts';
import { impersonate, MAX_IMPERSONATION_MINUTES } from '../application/impersonate.ts';
import type { IdentityParts } from '../application/visit.ts';
import { actorOf, requireAdmin } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isUuid } from '../domain/uuid.ts';
import { pageHeaders, readPage } from './admin-paging.ts';
import { optionalText, readBody } from './read-body.ts';
import { queryText, visitOf } from './visit-of.ts';

const ImpersonationBody = z.object({ reason: optionalText, minutes: z.number().nullish() });

const DEFAULT_IMPERSONATION_MINUTES = 15;
const MAX_REASON_LENGTH = 1000;

/** The trail, the sessions of users, and acting in a user's name. */
export function addAdminRecordRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get('/admin/audit', async (request, reply) => {
    requireAdmin(request.ashlar);
    const page = readPage(queryText(request, 'page'), queryText(request, 'per_page'));
    const filter = readTrailFilter(request);
    const window = { offset: (page.number - 1) * page.size, limit: page.size };
    const visit = visitOf(request);
    const { entries, total } = await parts.inTransaction(visit, ({ records }) => records.trail(filter, window));
    reply.headers(pageHeaders(`${visit.issuer}/admin/audit`, page, total));
    return entries;
  });

  app.get('/admin/users/:id/sessions', async (request) => {
    requireAdmin(request.ashlar);
    const { id } = idsOf(request);
    const sessions = await parts.inTransaction(visitOf(request), async ({ users, records }) => {
      if ((await users.findById(id)) === null) throw identityErrors.userNotFound();
      return records.sessionsOf(id);
    });
    return { sessions };
  });

  app.delete('/admin/users/:id/sessions', async (request) => {
    requireAdmin(request.ashlar);
    const { id } = idsOf(request);
    const visit = visitOf(request);
    await parts.inTransaction(visit, async (stores) => {
      if ((await stores.users.findById(id)) === null) throw identityErrors.userNotFound();
      await stores.sessions.endAll(id, null);
      const traits = { user_id: id, sessions: 'all' };
      await stores.audit(auditEntry('session_ended', SERVICE_ACTOR, visit.client.address, parts.now(), traits));
    });
    return {};
  });

  app.delete('/admin/users/:id/sessions/:session', async (request) => {
    requireAdmin(request.ashlar);
    const { id, session } = idsOf(request);
    const visit = visitOf(request);
    await parts.inTransaction(visit, async (stores) => {
      if (!(await stores.sessions.endOne(session, id))) throw identityErrors.sessionUnknown();
      const traits = { user_id: id, session_id: session };
      await stores.audit(auditEntry('session_ended', SERVICE_ACTOR, visit.client.address, parts.now(), traits));
    });
    return {};
  });

  app.post('/admin/users/:id/impersonate', async (request) => {
    requireAdmin(request.ashlar);
    const { id: userId } = idsOf(request);
    const body = readBody(request, ImpersonationBody);
    const reason = body.reason.trim();
    if (reason === '' || reason.length > MAX_REASON_LENGTH) {
      const detail = `A reason of 1 to ${MAX_REASON_LENGTH} characters is needed to act in somebody's name`;
      throw identityErrors.validationFailed({ detail });
    }
    const minutes = body.minutes ?? DEFAULT_IMPERSONATION_MINUTES;
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_IMPERSONATION_MINUTES) {
      const detail = `minutes must be a whole number from 1 to ${MAX_IMPERSONATION_MINUTES}, got ${minutes}`;
      throw identityErrors.validationFailed({ detail });
    }
    return impersonate(parts, visitOf(request), { userId, reason, minutes, actor: actorOf(request.ashlar) });
  });
}

function readTrailFilter(request: FastifyRequest): TrailFilter {
  const action = queryText(request, 'action');
  const userId = queryText(request, 'user_id');
  const from = readInstant(request, 'from');
  const to = readInstant(request, 'to');
  if (userId !== '' && !isUuid(userId)) {
    throw identityErrors.validationFailed({ detail: `user_id must be an UUID, got ${JSON.stringify(userId)}` });
  }
  return {
    ...(action === '' ? {} : { action: action.slice(0, 100) }),
    ...(userId === '' ? {} : { userId }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}

function readInstant(request: FastifyRequest, name: string): Date | null {
  const text = queryText(request, name);
  if (text === '') return null;
  const date = new Date(text);
  const year = date.getUTCFullYear();
  if (year >= 1900 && year <= 2200) return date;
  throw identityErrors.validationFailed({
    detail: `${name} must be an instant such as 2026-01-31T12:00:00Z, got ${JSON.stringify(text.slice(0, 50))}`,
  });
}

function idsOf(request: FastifyRequest): { readonly id: string; readonly session: string } {
  // The route patterns put them there.
  const { id, session = id } = request.params as { readonly id: string; readonly session?: string };
  for (const one of [id, session]) {
    if (isUuid(one)) continue;
    throw identityErrors.validationFailed({ detail: `user_id must be an UUID, got ${JSON.stringify(one)}` });
  }
  return { id, session };
}
