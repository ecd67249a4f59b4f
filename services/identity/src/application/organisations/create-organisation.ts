import { randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import { identityErrors } from '../../domain/identity-errors.ts';
import { type Organisation, OWNER, type Texts } from '../../domain/organisation.ts';
import { auditEntry, SERVICE_ACTOR } from '../audit-entry.ts';
import { authenticate } from '../authenticate.ts';
import type { OrganisationChanges } from '../organisation-store.ts';
import type { Stores } from '../stores.ts';
import { report, type IdentityParts, type Visit } from '../visit.ts';
import { actorIn, type OrganisationCaller } from './organisation-actor.ts';

export interface OrganisationInput {
  readonly slug: string;
  readonly name: Texts;
  readonly country: string | null;
  readonly baseCurrency: string;
  readonly timezone: string;
  readonly defaultLocale: string;
  /** Whom an administrator makes the owner; users become it themselves. */
  readonly ownerId: string | null;
}

/**
 * Makes an organisation whose creator owns it.
 *
 * @throws {AshlarError} those of `authenticate`, `identity.slug_taken`, `identity.user_not_found`,
 *   `identity.organisation_forbidden` for anonymous users and where only administrators make organisations.
 */
export async function createOrganisation(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  input: OrganisationInput,
): Promise<Organisation> {
  const at = parts.now();
  const id = randomUUID();
  const created = await parts.inTransaction(visit, async (stores) => {
    const owner = await ownerOf(stores, visit, caller, input, at);
    const { slug, name, country, baseCurrency, timezone, defaultLocale } = input;
    const organisation = { id, slug, name, country, baseCurrency, timezone, defaultLocale, createdBy: owner, at };
    if (!(await stores.organisations.create(organisation))) throw identityErrors.slugTaken({ slug });
    if (owner !== null) await makeOwner(stores, id, owner, at);
    const actor = { ...SERVICE_ACTOR, ...(owner === null ? {} : { id: owner }) };
    await stores.audit(auditEntry('organisation_created', actor, visit.client.address, at, { org_id: id, slug }));
    return must(await stores.organisations.find(id, 'read'), 'the organisation just made');
  });
  report(parts, visit, 'organisation-created', created.id);
  return created;
}

async function ownerOf(
  stores: Stores,
  { settings }: Visit,
  caller: OrganisationCaller,
  input: OrganisationInput,
  at: Date,
): Promise<string | null> {
  if (caller.kind === 'user') {
    const user = await authenticate(stores, caller.bearer, at);
    if (user.isAnonymous || settings.general.organisationCreation === 'admins') {
      throw identityErrors.organisationForbidden({ permission: 'making organisations' });
    }
    return user.id;
  }
  if (input.ownerId === null) return null;
  if ((await stores.users.findById(input.ownerId)) === null) throw identityErrors.userNotFound();
  return input.ownerId;
}

async function makeOwner({ organisations }: Stores, id: string, userId: string, at: Date): Promise<void> {
  const memberId = must(await organisations.addMember(id, userId, at), 'the first member');
  const role = must(
    (await organisations.roles(id)).find(({ key }) => key === OWNER),
    'the role of owners',
  );
  await organisations.assign(id, { memberId, roleId: role.id, scope: {}, validUntil: null, grantedBy: userId, at });
}

/**
 * @param expectedVersion The version the change was made on; null = whatever is there.
 * @throws {AshlarError} those of `actorIn`, `identity.slug_taken`, `identity.stale_version`.
 */
export async function changeOrganisation(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  id: string,
  changes: OrganisationChanges,
  expectedVersion: number | null,
): Promise<Organisation> {
  const at = parts.now();
  return parts.inTransaction(visit, async (stores) => {
    const { organisation, userId } = await actorIn(stores, caller, id, 'identity.organisation', at, 'lock');
    // Suspending and limiting is the operator's: members would lift it again.
    if (caller.kind === 'user' && (changes.status !== undefined || changes.seatLimit !== undefined)) {
      throw identityErrors.organisationForbidden({ permission: 'status and seat limit' });
    }
    if (expectedVersion !== null && expectedVersion !== organisation.version) {
      throw identityErrors.staleVersion({ version: organisation.version });
    }
    if (!(await stores.organisations.update(id, changes, at)))
      throw identityErrors.slugTaken({ slug: changes.slug ?? '' });
    const actor = { ...SERVICE_ACTOR, ...(userId === null ? {} : { id: userId }) };
    const traits = { org_id: id, changed: Object.keys(changes) };
    await stores.audit(auditEntry('organisation_modified', actor, visit.client.address, at, traits));
    return must(await stores.organisations.find(id, 'read'), 'the organisation just changed');
  });
}
