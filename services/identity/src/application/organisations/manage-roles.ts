import { must } from '@ashlar/kernel';
import { identityErrors } from '../../domain/identity-errors.ts';
import type { OrganisationRole } from '../../domain/organisation.ts';
import { mayGrant } from '../../domain/permissions.ts';
import { auditEntry, SERVICE_ACTOR } from '../audit-entry.ts';
import type { RoleDefinition } from '../organisation-store.ts';
import type { Stores } from '../stores.ts';
import type { IdentityParts, Visit } from '../visit.ts';
import { actorIn, type OrganisationActor, type OrganisationCaller } from './organisation-actor.ts';

const ROLES = 'identity.roles';

/**
 * Defines a role of the organisation, or changes one.
 *
 * @param roleId Of the role to change; null = a new one.
 * @throws {AshlarError} those of `actorIn`, `identity.permission_unknown`, `identity.role_escalation`,
 *   `identity.role_taken`, `identity.role_unknown`, `identity.system_role`.
 */
export async function defineRole(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  roleId: string | null,
  definition: RoleDefinition,
): Promise<OrganisationRole> {
  const at = parts.now();
  return parts.inTransaction(visit, async (stores) => {
    const actor = await actorIn(stores, caller, organisationId, ROLES, at, 'lock');
    await refuseUnknown(stores, definition);
    if (!mayGrant(actor.roles, definition, {})) throw identityErrors.roleEscalation({ role: definition.key });
    const id = roleId === null ? await add(stores, organisationId, definition, at) : roleId;
    if (roleId !== null) {
      const before = await changeable(stores, actor, roleId);
      // Taking a permission away from a role takes it from its holders, which needs the same right as giving it.
      if (!mayGrant(actor.roles, before, {})) throw identityErrors.roleEscalation({ role: before.key });
      await stores.organisations.updateRole(organisationId, roleId, definition, at);
    }
    await record(
      stores,
      visit,
      actor,
      'role_defined',
      { role: definition.key, permissions: definition.permissions },
      at,
    );
    const roles = await stores.organisations.roles(organisationId);
    return must(
      roles.find((role) => role.id === id),
      'the role just defined',
    );
  });
}

/** @throws {AshlarError} those of `actorIn`, `identity.role_unknown`, `identity.system_role`, `identity.last_owner`. */
export async function removeRole(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  roleId: string,
): Promise<void> {
  const at = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const actor = await actorIn(stores, caller, organisationId, ROLES, at, 'lock');
    const role = await changeable(stores, actor, roleId);
    if (!mayGrant(actor.roles, role, {})) throw identityErrors.roleEscalation({ role: role.key });
    await stores.organisations.removeRole(organisationId, roleId);
    await record(stores, visit, actor, 'role_removed', { role: role.key }, at);
  });
}

async function add(
  { organisations }: Stores,
  organisationId: string,
  definition: RoleDefinition,
  at: Date,
): Promise<string> {
  const id = await organisations.addRole(organisationId, definition, at);
  if (id === null) throw identityErrors.roleTaken({ role: definition.key });
  return id;
}

async function changeable(
  { organisations }: Stores,
  actor: OrganisationActor,
  roleId: string,
): Promise<OrganisationRole> {
  const role = (await organisations.roles(actor.organisation.id)).find(({ id }) => id === roleId);
  if (role === undefined) throw identityErrors.roleUnknown({ role: roleId });
  if (role.system) throw identityErrors.systemRole({ role: role.key });
  return role;
}

/** Patterns are for roles of the platform: what an organisation's role permits must not grow by itself. */
async function refuseUnknown({ organisations }: Stores, { permissions, denials }: RoleDefinition): Promise<void> {
  const known = new Set((await organisations.permissions()).map(({ key }) => key));
  const unknown = [...permissions, ...denials].find((key) => !known.has(key));
  if (unknown !== undefined) throw identityErrors.permissionUnknown({ permission: unknown });
}

async function record(
  stores: Stores,
  visit: Visit,
  { organisation, userId }: OrganisationActor,
  action: 'role_defined' | 'role_removed',
  traits: Readonly<Record<string, unknown>>,
  at: Date,
): Promise<void> {
  const actor = { ...SERVICE_ACTOR, ...(userId === null ? {} : { id: userId }) };
  await stores.audit(auditEntry(action, actor, visit.client.address, at, { org_id: organisation.id, ...traits }));
}
