import { must } from '@ashlar/kernel';
import { identityErrors } from '../../domain/identity-errors.ts';
import { isOwnership, losesLastOwner, type Member, type OrganisationRole, OWNER } from '../../domain/organisation.ts';
import { mayGrant, SCOPE_KINDS, type Scope } from '../../domain/permissions.ts';
import { auditEntry, type AuditAction, SERVICE_ACTOR } from '../audit-entry.ts';
import type { Stores } from '../stores.ts';
import type { IdentityParts, Visit } from '../visit.ts';
import { actorIn, inForce, type OrganisationActor, type OrganisationCaller } from './organisation-actor.ts';

const PEOPLE = 'identity.people';

/** What every command on members begins with: the actor, and everybody, under the organisation's lock. */
interface Meeting {
  readonly stores: Stores;
  readonly actor: OrganisationActor;
  readonly members: readonly Member[];
  readonly at: Date;
  /** @throws {AshlarError} `identity.member_not_found`. */
  member(id: string): Member;
  record(action: AuditAction, traits: Readonly<Record<string, unknown>>): Promise<void>;
}

async function meet<Result>(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  permission: string | null,
  run: (meeting: Meeting) => Promise<Result>,
): Promise<Result> {
  const at = parts.now();
  return parts.inTransaction(visit, async (stores) => {
    const actor = await actorIn(stores, caller, organisationId, permission, at, 'lock');
    const members = await stores.organisations.members(organisationId);
    const name = {
      ...SERVICE_ACTOR,
      ...(actor.userId === null ? {} : { id: actor.userId, email: actor.member?.email ?? null }),
    };
    return run({
      stores,
      actor,
      members,
      at,
      member(id) {
        const found = members.find((member) => member.id === id);
        if (found === undefined) throw identityErrors.memberNotFound();
        return found;
      },
      record: (action, traits) =>
        stores.audit(auditEntry(action, name, visit.client.address, at, { org_id: organisationId, ...traits })),
    });
  });
}

export interface RoleGrant {
  readonly memberId: string;
  /** Key of the role. */
  readonly role: string;
  readonly scope: Scope;
  readonly validUntil: Date | null;
}

/**
 * Gives a member a role, somewhere or everywhere. Giving it again changes when it ends.
 *
 * @returns The assignment's id.
 * @throws {AshlarError} those of `actorIn`, `identity.member_not_found`, `identity.role_unknown`,
 *   `identity.role_escalation`, `identity.scope_unknown`, `identity.last_owner`.
 */
export function assignRole(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  { memberId, role: roleKey, scope, validUntil }: RoleGrant,
): Promise<string> {
  return meet(parts, visit, caller, organisationId, PEOPLE, async ({ stores, actor, members, member, record, at }) => {
    const { id, assignments, userId } = member(memberId);
    const role = await grantableRole(stores, actor, roleKey, scope);
    // An owner's rights that are given an end are no longer those of an owner.
    const kept = assignments.filter(({ roleId, scope: held }) => roleId !== role.id || !sameScope(held, scope));
    const changed = [...kept, { ...role, id: '', roleId: role.id, roleKey, scope, validUntil }];
    if (losesLastOwner(members, id, { status: member(id).status, assignments: changed }))
      throw identityErrors.lastOwner();
    await refuseUnknownPlaces(stores, organisationId, scope);
    const grant = { memberId, roleId: role.id, scope, validUntil, grantedBy: actor.userId, at };
    const assignmentId = await stores.organisations.assign(organisationId, grant);
    await record('role_assigned', { user_id: userId, role: roleKey, scope });
    return assignmentId;
  });
}

/** @throws {AshlarError} those of `assignRole`, `identity.assignment_not_found`. */
export function revokeRole(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  memberId: string,
  assignmentId: string,
): Promise<void> {
  return meet(parts, visit, caller, organisationId, PEOPLE, async ({ stores, actor, members, member, record }) => {
    const { assignments, status, userId } = member(memberId);
    const assignment = assignments.find(({ id }) => id === assignmentId);
    if (assignment === undefined) throw identityErrors.assignmentNotFound();
    // Who could not have given it may not take it either; a role of one's own anybody may lay down.
    if (userId !== actor.userId && !mayGrant(actor.roles, assignment, assignment.scope)) {
      throw identityErrors.roleEscalation({ role: assignment.roleKey });
    }
    const left = assignments.filter(({ id }) => id !== assignmentId);
    if (losesLastOwner(members, memberId, { status, assignments: left })) throw identityErrors.lastOwner();
    await stores.organisations.unassign(organisationId, memberId, assignmentId);
    await record('role_revoked', { user_id: userId, role: assignment.roleKey, scope: assignment.scope });
  });
}

/** @throws {AshlarError} those of `actorIn`, `identity.member_not_found`, `identity.last_owner`, `identity.role_escalation`. */
export function setMemberStatus(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  memberId: string,
  status: Member['status'],
): Promise<void> {
  return meet(parts, visit, caller, organisationId, PEOPLE, async ({ stores, actor, members, member, record, at }) => {
    const target = member(memberId);
    refuseOverpowered(actor, target);
    if (losesLastOwner(members, memberId, { ...target, status })) throw identityErrors.lastOwner();
    await stores.organisations.setMemberStatus(organisationId, memberId, status, at);
    await record(status === 'active' ? 'member_enabled' : 'member_disabled', { user_id: target.userId });
  });
}

/** Removes a member; oneself needs no permission. */
export function removeMember(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  memberId: string,
): Promise<void> {
  return meet(parts, visit, caller, organisationId, null, async ({ stores, actor, members, member, record, at }) => {
    const target = member(memberId);
    if (target.userId !== actor.userId) {
      await actorIn(stores, caller, organisationId, PEOPLE, at);
      refuseOverpowered(actor, target);
    }
    if (losesLastOwner(members, memberId, null)) throw identityErrors.lastOwner();
    await stores.organisations.removeMember(organisationId, memberId);
    await record('member_removed', { user_id: target.userId });
  });
}

/**
 * Hands ownership over: the other member becomes an owner, the caller stops being one and stays an administrator.
 *
 * @throws {AshlarError} those of `actorIn`, `identity.member_not_found`, `identity.not_an_owner`,
 *   `identity.organisation_aal_required` when the caller has a second factor and did not use it.
 */
export function transferOwnership(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  memberId: string,
): Promise<void> {
  return meet(parts, visit, caller, organisationId, null, async ({ stores, actor, member, record, at }) => {
    const from = actor.member;
    const target = member(memberId);
    const owning = inForce(from?.assignments ?? [], at).find(isOwnership);
    if (caller.kind !== 'user' || from === null || owning === undefined) throw identityErrors.notAnOwner();
    const user = must(await stores.users.findById(from.userId), 'the owner');
    const hasFactor = user.factors.some(({ status }) => status === 'verified');
    if (hasFactor && caller.bearer.assuranceLevel === 'aal1') throw identityErrors.organisationAalRequired();
    if (target.id === from.id) return;
    if (target.status !== 'active') throw identityErrors.memberDisabled();
    const roles = await stores.organisations.roles(organisationId);
    const roleId = (key: string): string =>
      must(
        roles.find((role) => role.key === key),
        `the role ${key}`,
      ).id;
    const grant = { scope: {}, validUntil: null, grantedBy: actor.userId, at };
    await stores.organisations.assign(organisationId, { ...grant, memberId: target.id, roleId: roleId(OWNER) });
    await stores.organisations.assign(organisationId, { ...grant, memberId: from.id, roleId: roleId('admin') });
    await stores.organisations.unassign(organisationId, from.id, owning.id);
    await record('ownership_transferred', { user_id: target.userId });
  });
}

/** The role of this key, if the actor may hand it out there. */
export async function grantableRole(
  { organisations }: Stores,
  actor: OrganisationActor,
  key: string,
  scope: Scope,
): Promise<OrganisationRole> {
  const role = (await organisations.roles(actor.organisation.id)).find((one) => one.key === key);
  if (role === undefined) throw identityErrors.roleUnknown({ role: key });
  if (!mayGrant(actor.roles, role, scope)) throw identityErrors.roleEscalation({ role: key });
  return role;
}

/** Branches are ours to know; the places of other kinds belong to suites that check them when they use them. */
export async function refuseUnknownPlaces(
  { places }: Stores,
  organisationId: string,
  { branch = [] }: Scope,
): Promise<void> {
  if (branch.length === 0) return;
  const known = new Set((await places.branches(organisationId)).map(({ id }) => id));
  const unknown = branch.find((id) => !known.has(id));
  if (unknown !== undefined) throw identityErrors.scopeUnknown({ kind: 'branch', id: unknown });
}

/** Nobody disables or removes somebody with rights they could not give: an administrator never ousts an owner. */
function refuseOverpowered(actor: OrganisationActor, target: Member): void {
  if (actor.userId === target.userId) return;
  const stronger = target.assignments.find((held) => !mayGrant(actor.roles, held, held.scope));
  if (stronger !== undefined) throw identityErrors.roleEscalation({ role: stronger.roleKey });
}

function sameScope(one: Scope, other: Scope): boolean {
  // Kind by kind: the database keeps members in an order of its own.
  return SCOPE_KINDS.every((kind) => JSON.stringify(one[kind]) === JSON.stringify(other[kind]));
}

/**
 * Puts a user into an organisation without an invitation: for administrators of the project alone.
 *
 * @returns The member's id.
 * @throws {AshlarError} those of `actorIn`, `identity.not_admin`, `identity.user_not_found`, `identity.already_member`,
 *   `identity.role_unknown`.
 */
export function addMember(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  userId: string,
  roleKey: string,
): Promise<string> {
  if (caller.kind !== 'admin') throw identityErrors.notAdmin();
  return meet(parts, visit, caller, organisationId, null, async ({ stores, actor, record, at }) => {
    const user = await stores.users.findById(userId);
    if (user === null) throw identityErrors.userNotFound();
    const role = await grantableRole(stores, actor, roleKey, {});
    const memberId = await stores.organisations.addMember(organisationId, userId, at);
    if (memberId === null) throw identityErrors.alreadyMember({ email: user.email ?? userId });
    const grant = { memberId, roleId: role.id, scope: {}, validUntil: null, grantedBy: null, at };
    await stores.organisations.assign(organisationId, grant);
    await record('role_assigned', { user_id: userId, role: roleKey });
    return memberId;
  });
}
