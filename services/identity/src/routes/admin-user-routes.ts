import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { adminCreateUser, type AdminUserInput } from '../application/admin-create-user.ts';
import { adminDeleteUser } from '../application/admin-delete-user.ts';
import { adminUpdateUser } from '../application/admin-update-user.ts';
import type { UserSearch } from '../application/stores.ts';
import type { IdentityParts } from '../application/visit.ts';
import { parseBanDuration } from '../domain/ban-duration.ts';
import { requireAdmin } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { renderUser } from '../domain/user-document.ts';
import { AUTHENTICATED } from '../domain/user.ts';
import { isUuid } from '../domain/uuid.ts';
import { pageHeaders, readPage } from './admin-paging.ts';
import { readEmail, readPhone } from './read-address.ts';
import { hasBody, optionalFlag, optionalMetadata, optionalText, readBody } from './read-body.ts';
import { queryText, visitOf } from './visit-of.ts';

const AdminUserBody = z.object({
  id: optionalText,
  email: optionalText,
  phone: optionalText,
  password: optionalText,
  password_hash: optionalText,
  email_confirm: optionalFlag,
  phone_confirm: optionalFlag,
  user_metadata: optionalMetadata,
  app_metadata: optionalMetadata,
  role: optionalText,
  ban_duration: optionalText,
});

const DeleteBody = z.object({ should_soft_delete: optionalFlag });

/** PostgreSQL cuts names of roles there. */
const MAX_ROLE_LENGTH = 63;

const USERS = '/admin/users';
const ONE_USER = '/admin/users/:id';

export function addAdminUserRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get(USERS, async (request, reply) => {
    requireAdmin(request.ashlar);
    const page = readPage(queryText(request, 'page'), queryText(request, 'per_page'));
    const search = { offset: (page.number - 1) * page.size, limit: page.size, ...readSearch(request) };
    const { users, total } = await parts.inTransaction(visitOf(request), (stores) => stores.users.list(search));
    reply.headers(pageHeaders(`${visitOf(request).issuer}${USERS}`, page, total));
    return { users: users.map(renderUser), aud: AUTHENTICATED };
  });

  app.post(USERS, async (request) => {
    requireAdmin(request.ashlar);
    return renderUser(await adminCreateUser(parts, visitOf(request), readInput(request)));
  });

  app.get(ONE_USER, async (request) => {
    requireAdmin(request.ashlar);
    const id = readUserId(request);
    const user = await parts.inTransaction(visitOf(request), (stores) => stores.users.findById(id));
    if (user === null) throw identityErrors.userNotFound();
    return renderUser(user);
  });

  app.put(ONE_USER, async (request) => {
    requireAdmin(request.ashlar);
    const id = readUserId(request);
    return renderUser(await adminUpdateUser(parts, visitOf(request), id, readInput(request)));
  });

  app.delete(ONE_USER, async (request) => {
    requireAdmin(request.ashlar);
    const id = readUserId(request);
    const soft = hasBody(request) && readBody(request, DeleteBody).should_soft_delete;
    await adminDeleteUser(parts, visitOf(request), id, soft);
    return {};
  });
}

const SORTS = ['created_at', 'last_sign_in_at', 'email'] as const;
const MAX_TERM_LENGTH = 320;

/** `filter` looks for the beginning of an address, a number or a name, or for an id; `sort` is `email` or `-email`. */
function readSearch(request: FastifyRequest): Pick<UserSearch, 'term' | 'sort' | 'descending'> {
  const term = queryText(request, 'filter').trim().slice(0, MAX_TERM_LENGTH);
  const wanted = queryText(request, 'sort') || '-created_at';
  const sort = SORTS.find((name) => name === wanted.replace(/^-/, ''));
  if (sort === undefined) {
    throw identityErrors.validationFailed({
      detail: `sort must be one of ${SORTS.join(', ')}, got ${JSON.stringify(wanted.slice(0, 50))}`,
    });
  }
  return { term: term === '' || term.includes('\0') ? null : term, sort, descending: wanted.startsWith('-') };
}

function readUserId(request: FastifyRequest): string {
  // The route pattern puts it there.
  const { id } = request.params as { readonly id: string };
  if (isUuid(id)) return id;
  throw identityErrors.validationFailed({ detail: `user_id must be an UUID, got ${JSON.stringify(id)}` });
}

function readInput(request: FastifyRequest): AdminUserInput {
  const body = readBody(request, AdminUserBody);
  if (body.id !== '' && !isUuid(body.id)) {
    throw identityErrors.validationFailed({ detail: 'ID must conform to the uuid v4 format' });
  }
  if (body.role.length > MAX_ROLE_LENGTH) {
    throw identityErrors.validationFailed({ detail: `role cannot be longer than ${MAX_ROLE_LENGTH} characters` });
  }
  return {
    id: absentIfEmpty(body.id),
    email: body.email === '' ? null : readEmail(body.email),
    phone: body.phone === '' ? null : readPhone(body.phone),
    password: absentIfEmpty(body.password),
    passwordHash: absentIfEmpty(body.password_hash),
    emailConfirm: body.email_confirm,
    phoneConfirm: body.phone_confirm,
    userMetadata: body.user_metadata ?? {},
    appMetadata: body.app_metadata ?? {},
    role: absentIfEmpty(body.role),
    banDurationMs: body.ban_duration === '' ? null : readBanDuration(body.ban_duration),
  };
}

function readBanDuration(text: string): number {
  const durationMs = parseBanDuration(text);
  if (durationMs !== null) return durationMs;
  throw identityErrors.validationFailed({
    detail: `invalid format for ban duration: time: invalid duration "${text}"`,
  });
}

function absentIfEmpty(text: string): string | null {
  return text === '' ? null : text;
}
