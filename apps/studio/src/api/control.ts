import { send } from './send.ts';

/** From the most to the least. */
export const ROLES = ['owner', 'admin', 'developer', 'analyst', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export interface Organisation {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** One's own. */
  readonly role: Role;
}

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly organisations: readonly Organisation[];
}

export interface Project {
  readonly ref: string;
  readonly name: string;
  readonly status: string;
  readonly organisation_id: string;
  readonly created_at: string;
  readonly delete_after: string | null;
  readonly failure: string | null;
}

export interface ProjectInDetail extends Project {
  /** One's own, the higher of the one in the project and the one in its organisation. */
  readonly role: Role;
}

export interface Member {
  readonly account_id: string;
  readonly email: string;
  readonly role: Role;
  readonly created_at: string;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly project_ref: string | null;
  readonly expires_at: string;
}

/** With the link to send on, which is seen this once; without it where the link went to the mailbox by mail. */
export interface MadeInvitation extends Invitation {
  readonly mailed: boolean;
  readonly link?: string;
}

export interface ApiKey {
  readonly id: string;
  readonly kind: 'publishable' | 'secret';
  readonly name: string;
  /** What it begins with. */
  readonly hint: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

export interface ProjectKeys {
  readonly keys: readonly ApiKey[];
  readonly anon_key: string;
  readonly publishable_keys: readonly string[];
}

export interface SetupInput {
  readonly token: string;
  readonly organisation: string;
  readonly email: string;
  readonly password: string;
}

/** Whether `role` may do everything that `least` may. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least);
}

const C = '/control/v1';
const at = encodeURIComponent;

/** The control plane, as its documented routes. */
export const control = {
  about: () => send<{ readonly setup_needed: boolean }>(`${C}/about`),
  setUp: (input: SetupInput) => send(`${C}/setup`, { method: 'POST', body: input }),
  account: () => send<Account>(`${C}/account`),

  createOrganisation: (name: string) => send<Organisation>(`${C}/organisations`, { method: 'POST', body: { name } }),
  members: (organisation: string) => send<readonly Member[]>(`${C}/organisations/${at(organisation)}/members`),
  changeMember: (organisation: string, account: string, role: Role) =>
    send(`${C}/organisations/${at(organisation)}/members/${at(account)}`, { method: 'PATCH', body: { role } }),
  removeMember: (organisation: string, account: string) =>
    send(`${C}/organisations/${at(organisation)}/members/${at(account)}`, { method: 'DELETE' }),
  invitations: (organisation: string) =>
    send<readonly Invitation[]>(`${C}/organisations/${at(organisation)}/invitations`),
  invite: (organisation: string, email: string, role: Role) =>
    send<MadeInvitation>(`${C}/organisations/${at(organisation)}/invitations`, {
      method: 'POST',
      body: { email, role },
    }),
  revokeInvitation: (organisation: string, id: string) =>
    send(`${C}/organisations/${at(organisation)}/invitations/${at(id)}`, { method: 'DELETE' }),
  acceptInvitation: (token: string, password: string | null) =>
    send<{ readonly email: string }>(`${C}/invitations/accept`, {
      method: 'POST',
      body: { token, ...(password === null ? {} : { password }) },
    }),

  projects: () => send<readonly Project[]>(`${C}/projects`),
  project: (ref: string) => send<ProjectInDetail>(`${C}/projects/${at(ref)}`),
  createProject: (organisation: string, ref: string, name: string) =>
    send<Project>(`${C}/organisations/${at(organisation)}/projects`, { method: 'POST', body: { ref, name } }),
  renameProject: (ref: string, name: string) =>
    send<Project>(`${C}/projects/${at(ref)}`, { method: 'PATCH', body: { name } }),
  pauseProject: (ref: string) => send<Project>(`${C}/projects/${at(ref)}/pause`, { method: 'POST' }),
  restoreProject: (ref: string) => send<Project>(`${C}/projects/${at(ref)}/restore`, { method: 'POST' }),
  deleteProject: (ref: string) => send<Project>(`${C}/projects/${at(ref)}`, { method: 'DELETE' }),

  setSetting: (ref: string, name: string, value: unknown) =>
    send(`${C}/projects/${at(ref)}/settings`, { method: 'PATCH', body: { set: { [name]: value } } }),

  keys: (ref: string) => send<ProjectKeys>(`${C}/projects/${at(ref)}/keys`),
  createKey: (ref: string, kind: ApiKey['kind'], name: string) =>
    send<ApiKey & { readonly key: string }>(`${C}/projects/${at(ref)}/keys`, { method: 'POST', body: { kind, name } }),
  rotateKey: (ref: string, id: string) =>
    send<ApiKey & { readonly key: string }>(`${C}/projects/${at(ref)}/keys/${at(id)}/rotate`, { method: 'POST' }),
  revokeKey: (ref: string, id: string) => send(`${C}/projects/${at(ref)}/keys/${at(id)}`, { method: 'DELETE' }),
};
