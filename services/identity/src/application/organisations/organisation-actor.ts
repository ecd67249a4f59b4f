import type { Bearer } from '../../domain/bearer.ts';
import { identityErrors } from '../../domain/identity-errors.ts';
import type { Assignment, Member, Organisation } from '../../domain/organisation.ts';
import { type HeldRole, permits } from '../../domain/permissions.ts';
import { authenticate } from '../authenticate.ts';
import type { Stores } from '../stores.ts';

/** Who calls: an administrator of the project, or a user. */
export type OrganisationCaller =
  | { readonly kind: 'admin'; readonly name: string }
  | { readonly kind: 'user'; readonly bearer: Bearer };

/** A caller with what they may do in one organisation. */
export interface OrganisationActor {
  readonly organisation: Organisation;
  /** Null for administrators of the project. */
  readonly userId: string | null;
  readonly member: Member | null;
  readonly roles: readonly HeldRole[];
}

const EVERYTHING: HeldRole = { permissions: ['*'], denials: [], scope: {} };

/**
 * The caller in an organisation. One the caller does not belong to is not there, whoever else does.
 *
 * @param permission Needed for the call; null = membership is enough.
 * @throws {AshlarError} those of `authenticate`, `identity.organisation_not_found`, `identity.organisation_forbidden`,
 *   `identity.organisation_inactive` for changes of one that is not active.
 */
export async function actorIn(
  stores: Stores,
  caller: OrganisationCaller,
  organisationId: string,
  permission: string | null,
  now: Date,
  lock: 'lock' | 'read' = 'read',
): Promise<OrganisationActor> {
  if (caller.kind === 'admin') {
    const found = await stores.organisations.find(organisationId, lock);
    if (found === null) throw identityErrors.organisationNotFound();
    return { organisation: found, userId: null, member: null, roles: [EVERYTHING] };
  }
  const { bearer } = caller;
  // The lock comes first: rights read before it could be another's by the time it is held.
  const organisation = await stores.organisations.find(organisationId, lock);
  const [, member] = await Promise.all([
    authenticate(stores, bearer, now),
    stores.organisations.memberOf(organisationId, bearer.userId),
  ]);
  if (organisation === null || member?.status !== 'active') throw identityErrors.organisationNotFound();
  if (lock === 'lock' && organisation.status !== 'active') {
    throw identityErrors.organisationInactive({ status: organisation.status });
  }
  const roles = inForce(member.assignments, now);
  if (permission !== null && !(permits(roles, permission) && reaches(roles, permission)))
    throw identityErrors.organisationForbidden({ permission });
  return { organisation, userId: bearer.userId, member, roles };
}

/** What is the whole organisation's takes a role that is not limited to some of its places. */
const WHOLE = 'identity.organisation';

function reaches(roles: readonly HeldRole[], permission: string): boolean {
  return (
    permission !== WHOLE ||
    permits(
      roles.filter(({ scope }) => Object.keys(scope).length === 0),
      permission,
    )
  );
}

/** The assignments that have not ended. */
export function inForce(assignments: readonly Assignment[], now: Date): readonly Assignment[] {
  return assignments.filter(({ validUntil }) => validUntil === null || validUntil > now);
}
