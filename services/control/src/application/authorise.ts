import { controlErrors } from '../control-errors.ts';
import {
  higherRole,
  isAtLeast,
  type OrganisationOperation,
  type ProjectOperation,
  type Role,
  ruleOf,
  type Scope,
} from '../domain/roles.ts';
import type { ProjectRecord } from '../projects/project-store.ts';
import type { AuditAuthor, Organisation, Stores } from './stores.ts';

/** Who acts: a person signed in, or a token of theirs that may do less. */
export interface Actor {
  readonly accountId: string;
  readonly email: string;
  /** Null for a person: no limit but their roles. */
  readonly scopes: readonly Scope[] | null;
  readonly author: AuditAuthor;
}

/**
 * Lets the actor work on an organisation. To who is no member there is none.
 *
 * @throws {AshlarError} `control.organisation_unknown`, `control.forbidden`, `control.scope_missing`.
 */
export async function inOrganisation(
  { organisations }: Stores,
  actor: Actor,
  id: string,
  operation: OrganisationOperation,
): Promise<{ readonly organisation: Organisation; readonly role: Role }> {
  const organisation = await organisations.find(id);
  const role = organisation === null ? null : await organisations.role(id, actor.accountId);
  if (organisation === null || role === null) throw controlErrors.organisationUnknown();
  permit(actor, role, operation);
  return { organisation, role };
}

/**
 * Lets the actor work on a project, which nobody else changes until the transaction ends.
 *
 * @throws {AshlarError} `control.project_unknown` also to who may not see it, `control.forbidden`,
 *   `control.scope_missing`.
 */
export async function inProject(
  { organisations, projects }: Stores,
  actor: Actor,
  ref: string,
  operation: ProjectOperation,
): Promise<{ readonly project: ProjectRecord; readonly role: Role }> {
  // What happens in the project's own database changes nothing of its row.
  const isRead = /\.(read|list)$|^(structure|suite|visibility|sql|table-view|account|account-settings)\./.test(
    operation,
  );
  const project = isRead ? await projects.find(ref) : await projects.lock(ref);
  if (project === null) throw controlErrors.projectUnknown({ ref });
  const { organisationId } = project;
  const role = higherRole(
    organisationId === null ? null : await organisations.role(organisationId, actor.accountId),
    await organisations.projectRole(ref, actor.accountId),
  );
  if (role === null) throw controlErrors.projectUnknown({ ref });
  permit(actor, role, operation);
  return { project, role };
}

/** @throws {AshlarError} `control.scope_missing` when a token does not reach as far. */
export function permitScope({ scopes }: Actor, scope: Scope): void {
  if (scopes !== null && !scopes.includes(scope)) throw controlErrors.scopeMissing({ scope });
}

/** Nobody gives a role, or changes one, that may more than their own. @throws {AshlarError} `control.role_too_high`. */
export function refuseHigher(own: Role, other: Role): void {
  if (!isAtLeast(own, other)) throw controlErrors.roleTooHigh({ role: other });
}

function permit(actor: Actor, role: Role, operation: OrganisationOperation | ProjectOperation): void {
  const { least, scope } = ruleOf(operation);
  permitScope(actor, scope);
  if (!isAtLeast(role, least)) throw controlErrors.forbidden({ operation, role, least });
}
