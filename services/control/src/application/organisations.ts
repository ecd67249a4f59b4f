import { controlErrors } from '../control-errors.ts';
import type { Role } from '../domain/roles.ts';
import { type Actor, inOrganisation, permitScope, refuseHigher } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';
import type { Member, Organisation, Stores } from './stores.ts';

const MAX_SLUG = 63;

/** `The Shop & Sons` → `the-shop-sons`; a name without any such letter becomes `organisation`. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_SLUG);
  return slug === '' ? 'organisation' : slug;
}

/**
 * Whoever owns an organisation may make another.
 *
 * @throws {AshlarError} `control.forbidden`, `control.organisation_exists`.
 */
export function createOrganisation(
  { inTransaction }: ControlParts,
  actor: Actor,
  input: { readonly name: string; readonly slug: string | null },
): Promise<Organisation> {
  return inTransaction(async ({ organisations, audit }) => {
    permitScope(actor, 'organisations:write');
    const own = await organisations.ofAccount(actor.accountId);
    if (!own.some(({ role }) => role === 'owner')) {
      throw controlErrors.forbidden({ operation: 'organisation.create', role: 'no owner', least: 'owner' });
    }
    const slug = input.slug ?? slugOf(input.name);
    const made = await organisations.insert(slug, input.name);
    if (made === null) throw controlErrors.organisationExists({ slug });
    await organisations.setRole(made.id, actor.accountId, 'owner');
    await audit.add(entry('organisation.create', made.id, null, { name: input.name, slug }), actor.author);
    return made;
  });
}

export function renameOrganisation(
  { inTransaction }: ControlParts,
  actor: Actor,
  id: string,
  name: string,
): Promise<Organisation> {
  return inTransaction(async (stores) => {
    const { organisation } = await inOrganisation(stores, actor, id, 'organisation.rename');
    await stores.organisations.rename(id, name);
    await stores.audit.add(entry('organisation.rename', id, null, { from: organisation.name, to: name }), actor.author);
    return { ...organisation, name };
  });
}

/** @throws {AshlarError} `control.member_unknown`, `control.role_too_high`, `control.last_owner`. */
export function changeMember(
  { inTransaction }: ControlParts,
  actor: Actor,
  id: string,
  accountId: string,
  role: Role,
): Promise<Member> {
  return inTransaction(async (stores) => {
    const { organisations, audit } = stores;
    const owners = await organisations.lockOwners(id);
    const { role: own } = await inOrganisation(stores, actor, id, 'member.change');
    const member = await memberOf(stores, id, accountId);
    refuseHigher(own, member.role);
    refuseHigher(own, role);
    if (member.role === 'owner' && role !== 'owner' && owners === 1) throw controlErrors.lastOwner();
    await organisations.setRole(id, accountId, role);
    await audit.add(entry('member.change', id, accountId, { from: member.role, to: role }), actor.author);
    return { ...member, role };
  });
}

/** Removes a member; everybody may leave. @throws as `changeMember`. */
export function removeMember(
  { inTransaction }: ControlParts,
  actor: Actor,
  id: string,
  accountId: string,
): Promise<void> {
  return inTransaction(async (stores) => {
    const { organisations, audit } = stores;
    const owners = await organisations.lockOwners(id);
    const isLeaving = accountId === actor.accountId;
    const { role: own } = await inOrganisation(stores, actor, id, isLeaving ? 'organisation.read' : 'member.remove');
    if (isLeaving) permitScope(actor, 'members:write');
    const member = await memberOf(stores, id, accountId);
    refuseHigher(own, member.role);
    if (member.role === 'owner' && owners === 1) throw controlErrors.lastOwner();
    await organisations.removeMember(id, accountId);
    const action = isLeaving ? 'member.leave' : 'member.remove';
    await audit.add(entry(action, id, accountId, { email: member.email, role: member.role }), actor.author);
  });
}

async function memberOf({ organisations }: Stores, id: string, accountId: string): Promise<Member> {
  const member = (await organisations.members(id)).find(({ account_id: known }) => known === accountId);
  if (member === undefined) throw controlErrors.memberUnknown();
  return member;
}

function entry(
  action: string,
  organisationId: string,
  target: string | null,
  detail: Readonly<Record<string, unknown>>,
): Parameters<Stores['audit']['add']>[0] {
  return { action, organisationId, projectRef: null, target, detail };
}
