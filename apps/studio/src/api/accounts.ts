import { send } from './send.ts';

/** The accounts of a project, by the routes of the control plane that lead members to them. */

export interface UserIdentity {
  readonly identity_id: string;
  readonly provider: string;
  readonly email?: string;
  readonly last_sign_in_at: string;
}

export interface ProjectUser {
  readonly id: string;
  readonly email: string;
  readonly phone: string;
  readonly role: string;
  readonly email_confirmed_at?: string;
  readonly phone_confirmed_at?: string;
  readonly invited_at?: string;
  readonly last_sign_in_at?: string;
  readonly banned_until?: string;
  readonly created_at: string;
  readonly is_anonymous: boolean;
  readonly user_metadata: Readonly<Record<string, unknown>>;
  readonly app_metadata: Readonly<Record<string, unknown>>;
  readonly identities: readonly UserIdentity[];
  readonly factors?: readonly UserFactor[];
}

export interface UserFactor {
  readonly id: string;
  readonly factor_type: 'totp' | 'phone' | 'webauthn';
  readonly friendly_name?: string;
  readonly status: 'verified' | 'unverified';
  readonly created_at: string;
}

export interface UserPasskey {
  readonly id: string;
  readonly friendly_name?: string | null;
  readonly created_at: string;
}

export interface UserSession {
  readonly id: string;
  readonly aal: string;
  readonly methods: readonly string[];
  readonly created_at: string;
  readonly refreshed_at: string | null;
  readonly not_after: string | null;
  readonly user_agent: string | null;
  readonly ip: string | null;
  /** Who acts in the user's name, when somebody does. */
  readonly impersonated_by: string | null;
}

export const USER_SORTS = ['-created_at', 'created_at', '-last_sign_in_at', 'email'] as const;
export type UserSort = (typeof USER_SORTS)[number];

export interface UserSearch {
  /** Beginning of an address, a number or a name, or an id. */
  readonly term: string;
  readonly sort: UserSort;
  /** From 1. */
  readonly page: number;
}

export const USERS_PER_PAGE = 50;

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly email_confirm: boolean;
}

export interface UserChanges {
  readonly email?: string;
  readonly password?: string;
  /** `none` lifts it; otherwise such as `24h`. */
  readonly ban_duration?: string;
  readonly user_metadata?: Readonly<Record<string, unknown>>;
}

/** A token in a user's name; nothing refreshes it. */
export interface Impersonation {
  readonly access_token: string;
  /** Seconds since 1970. */
  readonly expires_at: number;
}

const at = encodeURIComponent;
export const accountsPath = (ref: string): string => `/control/v1/projects/${at(ref)}/auth`;
const one = (ref: string, user: string): string => `${accountsPath(ref)}/admin/users/${at(user)}`;

export const accounts = {
  users: (ref: string, { term, sort, page }: UserSearch) => {
    const query = new URLSearchParams({ page: String(page), per_page: String(USERS_PER_PAGE), sort });
    if (term !== '') query.set('filter', term);
    return send<{ readonly users: readonly ProjectUser[] }>(`${accountsPath(ref)}/admin/users?${query}`);
  },
  user: (ref: string, user: string) => send<ProjectUser>(one(ref, user)),
  createUser: (ref: string, body: NewUser) =>
    send<ProjectUser>(`${accountsPath(ref)}/admin/users`, { method: 'POST', body }),
  inviteUser: (ref: string, email: string) =>
    send<ProjectUser>(`${accountsPath(ref)}/invite`, { method: 'POST', body: { email } }),
  changeUser: (ref: string, user: string, body: UserChanges) =>
    send<ProjectUser>(one(ref, user), { method: 'PUT', body }),
  removeUser: (ref: string, user: string) => send(one(ref, user), { method: 'DELETE' }),
  sessions: async (ref: string, user: string) =>
    (await send<{ readonly sessions: readonly UserSession[] }>(`${one(ref, user)}/sessions`)).sessions,
  endSession: (ref: string, user: string, session: string) =>
    send(`${one(ref, user)}/sessions/${at(session)}`, { method: 'DELETE' }),
  endSessions: (ref: string, user: string) => send(`${one(ref, user)}/sessions`, { method: 'DELETE' }),
  factors: (ref: string, user: string) => send<readonly UserFactor[]>(`${one(ref, user)}/factors`),
  removeFactor: (ref: string, user: string, factor: string) =>
    send(`${one(ref, user)}/factors/${at(factor)}`, { method: 'DELETE' }),
  passkeys: (ref: string, user: string) => send<readonly UserPasskey[]>(`${one(ref, user)}/passkeys`),
  removePasskey: (ref: string, user: string, passkey: string) =>
    send(`${one(ref, user)}/passkeys/${at(passkey)}`, { method: 'DELETE' }),
  impersonate: (ref: string, user: string, reason: string, minutes: number) =>
    send<Impersonation>(`${one(ref, user)}/impersonate`, { method: 'POST', body: { reason, minutes } }),
};
