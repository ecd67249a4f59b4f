import type { ProjectOperation } from './roles.ts';

const MEMBERS = '/organisations/:id/members';
const INVITATIONS = '/organisations/:id/invitations';
const ROLES = '/organisations/:id/roles';

/**
 * The calls of a project's accounts that members of the instance may make, and what each of them is. What is not named
 * here is refused: links that sign somebody in would be impersonation that nobody can tell from its victim.
 */
const CALLS: Readonly<Record<string, ProjectOperation>> = {
  'GET /admin/users': 'account.read',
  'GET /admin/users/:id': 'account.read',
  'POST /admin/users': 'account.change',
  'PUT /admin/users/:id': 'account.change',
  'DELETE /admin/users/:id': 'account.change',
  'POST /invite': 'account.change',
  'GET /admin/users/:id/sessions': 'account.inspect',
  'DELETE /admin/users/:id/sessions': 'account.change',
  'DELETE /admin/users/:id/sessions/:session': 'account.change',
  'GET /admin/users/:user_id/factors': 'account.inspect',
  'DELETE /admin/users/:user_id/factors/:factor_id': 'account.change',
  'GET /admin/users/:user_id/passkeys': 'account.inspect',
  'DELETE /admin/users/:user_id/passkeys/:passkey_id': 'account.change',
  'POST /admin/users/:id/impersonate': 'account.impersonate',
  'GET /admin/audit': 'account.inspect',

  'GET /organisations': 'account.read',
  'POST /organisations': 'account.change',
  'GET /organisations/:id': 'account.read',
  'PATCH /organisations/:id': 'account.change',
  'GET /organisations/:id/permissions': 'account.read',
  [`GET ${ROLES}`]: 'account.read',
  [`POST ${ROLES}`]: 'account.change',
  [`PUT ${ROLES}/:role`]: 'account.change',
  [`DELETE ${ROLES}/:role`]: 'account.change',
  [`GET ${MEMBERS}`]: 'account.read',
  [`POST ${MEMBERS}`]: 'account.change',
  [`PATCH ${MEMBERS}/:member`]: 'account.change',
  [`DELETE ${MEMBERS}/:member`]: 'account.change',
  [`POST ${MEMBERS}/:member/roles`]: 'account.change',
  [`DELETE ${MEMBERS}/:member/roles/:assignment`]: 'account.change',
  [`GET ${INVITATIONS}`]: 'account.inspect',
  [`POST ${INVITATIONS}`]: 'account.change',
  [`DELETE ${INVITATIONS}/:invitation`]: 'account.change',

  'GET /admin/settings': 'account-settings.read',
  'GET /admin/settings/:section': 'account-settings.read',
  'PATCH /admin/settings/:section': 'account-settings.change',
  'DELETE /admin/settings/:section': 'account-settings.change',
  'POST /admin/mail/preview': 'account-settings.read',
  'POST /admin/mail/test': 'account-settings.change',
};

/**
 * @param method HEAD asks for what GET does.
 * @param pattern Of the route, such as `/admin/users/:id`.
 * @returns Null for calls members of the instance may not make.
 */
export function operationOfCall(method: string, pattern: string): ProjectOperation | null {
  const call = `${method === 'HEAD' ? 'GET' : method} ${pattern}`;
  return Object.hasOwn(CALLS, call) ? (CALLS[call] ?? null) : null;
}

/** Whether the call leaves nothing behind, and so no entry in the log. */
export function isLooking(operation: ProjectOperation): boolean {
  return /\.(read|inspect)$/.test(operation);
}
