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
  | 'user_recovery_requested'
  | 'user_reauthenticate_requested'
  | 'user_invited'
  | 'invite_accepted'
  | 'user_modified'
  | 'user_updated_password'
  | 'user_deleted'
  | 'organisation_created'
  | 'organisation_modified'
  | 'role_assigned'
  | 'role_revoked'
  | 'member_enabled'
  | 'member_disabled'
  | 'member_removed'
  | 'ownership_transferred'
  | 'role_defined'
  | 'role_removed'
  | 'member_invited'
  | 'invitation_accepted'
  | 'invitation_revoked'
  | 'settings_modified'
  | 'impersonation_started'
  | 'session_ended'
  | 'factor_in_progress'
  | 'factor_unenrolled'
  | 'factor_updated'
  | 'factor_deleted'
  | 'challenge_created'
  | 'verification_attempted'
  | 'generate_recovery_codes'
  | 'recovery_codes_deleted'
  | 'mfa_code_login'
  | 'passkey_created'
  | 'passkey_updated'
  | 'passkey_deleted'
  | 'identity_linked'
  | 'identity_unlinked';

const LOG_TYPES = {
  login: 'account',
  logout: 'account',
  token_refreshed: 'token',
  token_revoked: 'token',
  user_signedup: 'team',
  user_repeated_signup: 'user',
  user_confirmation_requested: 'user',
  user_recovery_requested: 'user',
  user_reauthenticate_requested: 'user',
  user_invited: 'team',
  invite_accepted: 'account',
  user_modified: 'user',
  user_updated_password: 'user',
  user_deleted: 'team',
  organisation_created: 'team',
  organisation_modified: 'team',
  role_assigned: 'team',
  role_revoked: 'team',
  member_enabled: 'team',
  member_disabled: 'team',
  member_removed: 'team',
  ownership_transferred: 'team',
  role_defined: 'team',
  role_removed: 'team',
  member_invited: 'team',
  invitation_accepted: 'team',
  invitation_revoked: 'team',
  settings_modified: 'settings',
  impersonation_started: 'team',
  session_ended: 'team',
  factor_in_progress: 'factor',
  factor_unenrolled: 'factor',
  factor_updated: 'factor',
  factor_deleted: 'factor',
  challenge_created: 'factor',
  verification_attempted: 'factor',
  generate_recovery_codes: 'recovery_codes',
  recovery_codes_deleted: 'recovery_codes',
  mfa_code_login: 'factor',
  passkey_created: 'user',
  passkey_updated: 'user',
  passkey_deleted: 'user',
  identity_linked: 'account',
  identity_unlinked: 'user',
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
