/** Who may do what: the one place that says so. A role may do what the roles after it may. */

/** From the most to the least. */
export const ROLES = ['owner', 'admin', 'developer', 'analyst', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

/** What a personal token can be limited to. */
export const SCOPES = [
  'organisations:read',
  'organisations:write',
  'members:read',
  'members:write',
  'projects:read',
  'projects:write',
  'keys:read',
  'keys:write',
  'secrets:read',
  'secrets:write',
  'settings:read',
  'settings:write',
  'usage:read',
  'audit:read',
  'structure:read',
  'structure:write',
  'sql:read',
  'sql:write',
  'accounts:read',
  'accounts:write',
  'accounts:impersonate',
] as const;

export type Scope = (typeof SCOPES)[number];

export interface OperationRule {
  /** The least role that may. */
  readonly least: Role;
  readonly scope: Scope;
}

const rule = (least: Role, scope: Scope): OperationRule => ({ least, scope });

/** Operations on an organisation. A role in a project alone allows none of them. */
const ORGANISATION_OPERATIONS: Readonly<Record<OrganisationOperation, OperationRule>> = {
  'organisation.read': rule('viewer', 'organisations:read'),
  'organisation.rename': rule('admin', 'organisations:write'),
  'member.list': rule('viewer', 'members:read'),
  'member.change': rule('admin', 'members:write'),
  'member.remove': rule('admin', 'members:write'),
  'invitation.list': rule('admin', 'members:read'),
  'invitation.create': rule('admin', 'members:write'),
  'invitation.revoke': rule('admin', 'members:write'),
  'audit.read': rule('admin', 'audit:read'),
  'project.create': rule('admin', 'projects:write'),
};

/** Operations on a project, allowed by the higher of the roles in it and in its organisation. */
const PROJECT_OPERATIONS: Readonly<Record<ProjectOperation, OperationRule>> = {
  'project.read': rule('viewer', 'projects:read'),
  'project.rename': rule('admin', 'projects:write'),
  'project.pause': rule('admin', 'projects:write'),
  'project.restore': rule('admin', 'projects:write'),
  'project.clone': rule('admin', 'projects:write'),
  'project.delete': rule('owner', 'projects:write'),
  'project.purge': rule('owner', 'projects:write'),
  'project-member.list': rule('viewer', 'members:read'),
  'project-member.change': rule('admin', 'members:write'),
  'project-member.remove': rule('admin', 'members:write'),
  'key.list': rule('developer', 'keys:read'),
  'key.create': rule('admin', 'keys:write'),
  'key.rotate': rule('admin', 'keys:write'),
  'key.revoke': rule('admin', 'keys:write'),
  'signing-key.rotate': rule('admin', 'keys:write'),
  'secret.list': rule('developer', 'secrets:read'),
  'secret.set': rule('developer', 'secrets:write'),
  'secret.remove': rule('developer', 'secrets:write'),
  'settings.read': rule('developer', 'settings:read'),
  'settings.change': rule('admin', 'settings:write'),
  'usage.read': rule('viewer', 'usage:read'),
  'structure.read': rule('viewer', 'structure:read'),
  'structure.preview': rule('developer', 'structure:read'),
  'structure.change': rule('developer', 'structure:write'),
  'migration.list': rule('developer', 'structure:read'),
  'advice.read': rule('viewer', 'structure:read'),
  'visibility.explain': rule('developer', 'sql:read'),
  'suite.list': rule('viewer', 'structure:read'),
  'suite.add': rule('admin', 'structure:write'),
  'suite.remove': rule('admin', 'structure:write'),
  'suite.purge': rule('owner', 'structure:write'),
  'sql.query': rule('viewer', 'sql:read'),
  'sql.run': rule('developer', 'sql:write'),
  'saved-query.list': rule('viewer', 'sql:read'),
  'saved-query.save': rule('viewer', 'sql:read'),
  'saved-query.share': rule('developer', 'sql:write'),
  'account.read': rule('viewer', 'accounts:read'),
  'account.inspect': rule('developer', 'accounts:read'),
  'account.change': rule('admin', 'accounts:write'),
  'account.impersonate': rule('admin', 'accounts:impersonate'),
  'account-settings.read': rule('developer', 'settings:read'),
  'account-settings.change': rule('admin', 'settings:write'),
  'sql.import': rule('developer', 'sql:write'),
  'sql.export': rule('viewer', 'sql:read'),
  'sql.watch': rule('viewer', 'sql:read'),
  'table-view.list': rule('viewer', 'structure:read'),
  'table-view.keep': rule('viewer', 'structure:read'),
  'table-view.share': rule('developer', 'structure:write'),
};

export type OrganisationOperation =
  | 'organisation.read'
  | 'organisation.rename'
  | 'member.list'
  | 'member.change'
  | 'member.remove'
  | 'invitation.list'
  | 'invitation.create'
  | 'invitation.revoke'
  | 'audit.read'
  | 'project.create';
export type ProjectOperation =
  | 'project.read'
  | 'project.rename'
  | 'project.pause'
  | 'project.restore'
  | 'project.clone'
  | 'project.delete'
  | 'project.purge'
  | 'project-member.list'
  | 'project-member.change'
  | 'project-member.remove'
  | 'key.list'
  | 'key.create'
  | 'key.rotate'
  | 'key.revoke'
  | 'signing-key.rotate'
  | 'secret.list'
  | 'secret.set'
  | 'secret.remove'
  | 'settings.read'
  | 'settings.change'
  | 'usage.read'
  | 'structure.read'
  | 'structure.preview'
  | 'structure.change'
  | 'migration.list'
  | 'advice.read'
  | 'visibility.explain'
  | 'suite.list'
  | 'suite.add'
  | 'suite.remove'
  | 'suite.purge'
  | 'sql.query'
  | 'sql.run'
  | 'saved-query.list'
  | 'saved-query.save'
  | 'saved-query.share'
  | 'account.read'
  | 'account.inspect'
  | 'account.change'
  | 'account.impersonate'
  | 'account-settings.read'
  | 'account-settings.change'
  | 'sql.import'
  | 'sql.export'
  | 'sql.watch'
  | 'table-view.list'
  | 'table-view.keep'
  | 'table-view.share';

/** The whole table, for those who show it. */
export function permissions(): readonly { readonly operation: string; readonly least: Role; readonly scope: Scope }[] {
  return Object.entries({ ...ORGANISATION_OPERATIONS, ...PROJECT_OPERATIONS }).map(([operation, { least, scope }]) => ({
    operation,
    least,
    scope,
  }));
}

export function ruleOf(operation: OrganisationOperation | ProjectOperation): OperationRule {
  return { ...ORGANISATION_OPERATIONS, ...PROJECT_OPERATIONS }[operation];
}

/** Whether `role` may do everything that `other` may. */
export function isAtLeast(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(other);
}

/** The one that may more; null when there is none. */
export function higherRole(one: Role | null, other: Role | null): Role | null {
  if (one === null || other === null) return one ?? other;
  return isAtLeast(one, other) ? one : other;
}
