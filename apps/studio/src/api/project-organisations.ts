import { accountsPath } from './accounts.ts';
import { send } from './send.ts';

/** What something is called, by language. */
export type Names = Readonly<Record<string, string>>;

/** An organisation of a project's own users; those of the instance are in `control.ts`. */
export interface ProjectOrganisation {
  readonly id: string;
  readonly slug: string;
  readonly name: Names;
  readonly status: 'active' | 'suspended' | 'closed';
  readonly seat_limit: number | null;
  readonly version: number;
  readonly created_at: string;
}

export interface HeldRole {
  /** Of the assignment. */
  readonly id: string;
  readonly role: string;
  readonly scope: Readonly<Record<string, readonly string[]>>;
  readonly valid_until: string | null;
}

export interface OrganisationMember {
  readonly id: string;
  readonly user_id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly status: 'active' | 'disabled';
  readonly joined_at: string;
  readonly roles: readonly HeldRole[];
}

export interface OrganisationRole {
  readonly id: string;
  readonly key: string;
  readonly name: Names;
  readonly permissions: readonly string[];
  readonly denials: readonly string[];
  /** The same everywhere, and not to be changed. */
  readonly system: boolean;
}

export interface Permission {
  readonly key: string;
  readonly title: Names | string;
}

export interface RoleDefinition {
  readonly key: string;
  readonly name: Names;
  readonly permissions: readonly string[];
  readonly denials: readonly string[];
}

const at = encodeURIComponent;
const all = (ref: string): string => `${accountsPath(ref)}/organisations`;
const one = (ref: string, id: string): string => `${all(ref)}/${at(id)}`;

export const projectOrganisations = {
  list: async (ref: string) =>
    (await send<{ readonly organisations: readonly ProjectOrganisation[] }>(`${all(ref)}?per_page=200`)).organisations,
  read: (ref: string, id: string) => send<ProjectOrganisation>(one(ref, id)),
  create: (ref: string, slug: string, name: Names) =>
    send<ProjectOrganisation>(all(ref), { method: 'POST', body: { slug, name } }),
  setStatus: (ref: string, { id, version }: ProjectOrganisation, status: ProjectOrganisation['status']) =>
    send<ProjectOrganisation>(one(ref, id), { method: 'PATCH', body: { status, version } }),
  members: async (ref: string, id: string) =>
    (await send<{ readonly members: readonly OrganisationMember[] }>(`${one(ref, id)}/members`)).members,
  addMember: (ref: string, id: string, user: string, role: string) =>
    send(`${one(ref, id)}/members`, { method: 'POST', body: { user_id: user, role } }),
  setMemberStatus: (ref: string, id: string, member: string, status: OrganisationMember['status']) =>
    send(`${one(ref, id)}/members/${at(member)}`, { method: 'PATCH', body: { status } }),
  removeMember: (ref: string, id: string, member: string) =>
    send(`${one(ref, id)}/members/${at(member)}`, { method: 'DELETE' }),
  assignRole: (ref: string, id: string, member: string, role: string) =>
    send(`${one(ref, id)}/members/${at(member)}/roles`, { method: 'POST', body: { role } }),
  revokeRole: (ref: string, id: string, member: string, assignment: string) =>
    send(`${one(ref, id)}/members/${at(member)}/roles/${at(assignment)}`, { method: 'DELETE' }),
  roles: async (ref: string, id: string) =>
    (await send<{ readonly roles: readonly OrganisationRole[] }>(`${one(ref, id)}/roles`)).roles,
  defineRole: (ref: string, id: string, role: string | null, body: RoleDefinition) =>
    send(`${one(ref, id)}/roles${role === null ? '' : `/${at(role)}`}`, {
      method: role === null ? 'POST' : 'PUT',
      body,
    }),
  removeRole: (ref: string, id: string, role: string) =>
    send(`${one(ref, id)}/roles/${at(role)}`, { method: 'DELETE' }),
  permissions: async (ref: string, id: string) =>
    (await send<{ readonly permissions: readonly Permission[] }>(`${one(ref, id)}/permissions`)).permissions,
};
