import type { User } from '../domain/user.ts';

/** What was done, in the words of the ecosystem's audit logs. */
export type AuditAction =
  | 'login'
  | 'logout'
  | 'token_refreshed'
  | 'token_revoked'
  | 'user_signedup'
  | 'user_repeated_signup'
  | 'user_confirmation_requested'
  | 'user_modified'
  | 'user_updated_password'
  | 'user_deleted';

const LOG_TYPES = {
  login: 'account',
  logout: 'account',
  token_refreshed: 'token',
  token_revoked: 'token',
  user_signedup: 'team',
  user_repeated_signup: 'user',
  user_confirmation_requested: 'user',
  user_modified: 'user',
  user_updated_password: 'user',
  user_deleted: 'team',
} as const satisfies Readonly<Record<AuditAction, string>>;

export interface AuditEntry {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly address: string;
  readonly at: Date;
}

/** The actor of an administrator's call, which names no account. */
export const SERVICE_ACTOR: Pick<User, 'id' | 'email' | 'phone'> = {
  id: '00000000-0000-0000-0000-000000000000',
  email: 'service_role',
  phone: null,
};

export function auditEntry(
  action: AuditAction,
  actor: Pick<User, 'id' | 'email' | 'phone'>,
  address: string,
  at: Date,
  traits: Readonly<Record<string, unknown>> = {},
): AuditEntry {
  return {
    payload: {
      action,
      actor_id: actor.id,
      actor_username: actor.email ?? actor.phone ?? '',
      actor_via_sso: false,
      log_type: LOG_TYPES[action],
      ...(Object.keys(traits).length === 0 ? {} : { traits }),
    },
    address,
    at,
  };
}
