import { controlErrors } from '../control-errors.ts';
import { isAtLeast, type Role } from '../domain/roles.ts';
import { savedQueryErrors } from '../saved-query-errors.ts';
import { type Actor, inProject } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';

/** SQL somebody keeps. */
export interface SavedQuery {
  readonly id: string;
  readonly name: string;
  readonly sql: string;
  /** Whether everybody with a role in the project sees it. */
  readonly shared: boolean;
  readonly version: number;
  readonly updated_at: Date;
  readonly account_id: string;
  /** Address of its owner. */
  readonly owner: string;
}

export type SavedQueryInput = Pick<SavedQuery, 'name' | 'sql' | 'shared'>;

export interface SavedQueryStore {
  /** One's own and the shared ones, by name. */
  list(ref: string, accountId: string): Promise<readonly SavedQuery[]>;
  count(ref: string, accountId: string): Promise<number>;
  find(ref: string, id: string): Promise<SavedQuery | null>;
  add(ref: string, accountId: string, query: SavedQueryInput): Promise<SavedQuery>;
  /** @returns Null when it is not at this version. */
  change(ref: string, id: string, version: number, query: SavedQueryInput): Promise<SavedQuery | null>;
  remove(ref: string, id: string): Promise<boolean>;
}

/** For each person and project. */
const MAX_QUERIES = 500;

/** All of these throw what `inProject` throws. */
export function listQueries(parts: ControlParts, actor: Actor, ref: string): Promise<readonly SavedQuery[]> {
  return parts.inTransaction(async (stores) => {
    await inProject(stores, actor, ref, 'saved-query.list');
    return stores.queries.list(ref, actor.accountId);
  });
}

/** @throws {AshlarError} `control.too_many`, besides those of `inProject`. */
export function saveQuery(parts: ControlParts, actor: Actor, ref: string, query: SavedQueryInput): Promise<SavedQuery> {
  return parts.inTransaction(async (stores) => {
    // Locks the project's row, so that nobody gets past the limit by asking twice at once.
    await inProject(stores, actor, ref, query.shared ? 'saved-query.share' : 'saved-query.save');
    if ((await stores.queries.count(ref, actor.accountId)) >= MAX_QUERIES) {
      throw controlErrors.tooMany({ what: 'saved queries', limit: MAX_QUERIES });
    }
    const saved = await stores.queries.add(ref, actor.accountId, query);
    if (saved.shared) await note('saved-query.share', saved);
    return saved;

    function note(action: string, { id, name }: SavedQuery): Promise<void> {
      return stores.audit.add(
        { action, organisationId: null, projectRef: ref, target: id, detail: { name } },
        actor.author,
      );
    }
  });
}

/**
 * Its owner's to change; an admin may change one that is shared.
 *
 * @throws {AshlarError} `control.saved_query_unknown`, `control.saved_query_changed`, besides those of `inProject`.
 */
export function changeQuery(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  id: string,
  { version, ...query }: SavedQueryInput & { readonly version: number },
): Promise<SavedQuery> {
  return parts.inTransaction(async (stores) => {
    const { role } = await inProject(stores, actor, ref, query.shared ? 'saved-query.share' : 'saved-query.save');
    const found = ownOrGoverned(await stores.queries.find(ref, id), actor, role);
    const changed = await stores.queries.change(ref, id, version, query);
    if (changed === null) throw savedQueryErrors.savedQueryChanged();
    if (found.shared || changed.shared) {
      const detail = { name: changed.name, shared: changed.shared };
      const entry = { action: 'saved-query.change', organisationId: null, projectRef: ref, target: id, detail };
      await stores.audit.add(entry, actor.author);
    }
    return changed;
  });
}

/** @throws {AshlarError} `control.saved_query_unknown`, besides those of `inProject`. */
export function removeQuery(parts: ControlParts, actor: Actor, ref: string, id: string): Promise<void> {
  return parts.inTransaction(async (stores) => {
    const { role } = await inProject(stores, actor, ref, 'saved-query.save');
    const { shared, name } = ownOrGoverned(await stores.queries.find(ref, id), actor, role);
    await stores.queries.remove(ref, id);
    if (!shared) return;
    const entry = { action: 'saved-query.remove', organisationId: null, projectRef: ref, target: id, detail: { name } };
    await stores.audit.add(entry, actor.author);
  });
}

/** To who may not change it there is none. */
function ownOrGoverned(query: SavedQuery | null, { accountId }: Actor, role: Role): SavedQuery {
  if (query !== null && (query.account_id === accountId || (query.shared && isAtLeast(role, 'admin')))) return query;
  throw savedQueryErrors.savedQueryUnknown();
}
