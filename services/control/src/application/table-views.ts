import { controlErrors } from '../control-errors.ts';
import { type Actor, inProject } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';
import type { Stores, TableView } from './stores.ts';
import { tableErrors } from '../table-errors.ts';

/** Which table of a project. */
export interface ViewedTable {
  readonly schema: string;
  readonly table: string;
}

export interface NewView extends ViewedTable {
  readonly name: string;
  readonly shared: boolean;
  readonly definition: Readonly<Record<string, unknown>>;
}

export interface ViewChange {
  readonly name?: string | undefined;
  readonly shared?: boolean | undefined;
  readonly isDefault?: boolean | undefined;
  readonly definition?: Readonly<Record<string, unknown>> | undefined;
  /** What the change is made upon. */
  readonly version: number;
}

const MAX_VIEWS_OF_TABLE = 200;

/** One's own views of a table and the shared ones. @throws {AshlarError} those of `inProject`. */
export function listViews(
  parts: Pick<ControlParts, 'inTransaction'>,
  actor: Actor,
  ref: string,
  table: ViewedTable,
): Promise<readonly TableView[]> {
  return parts.inTransaction(async (stores) => {
    await inProject(stores, actor, ref, 'table-view.list');
    return stores.tableViews.list(ref, table, actor.accountId);
  });
}

/** @throws {AshlarError} those of `inProject`; sharing takes the right to. `control.too_many`. */
export function addView(
  parts: Pick<ControlParts, 'inTransaction'>,
  actor: Actor,
  ref: string,
  view: NewView,
): Promise<TableView> {
  return parts.inTransaction(async (stores) => {
    await inProject(stores, actor, ref, view.shared ? 'table-view.share' : 'table-view.keep');
    const known = await stores.tableViews.list(ref, view, actor.accountId);
    if (known.length >= MAX_VIEWS_OF_TABLE) {
      throw controlErrors.tooMany({ what: 'views of a table', limit: MAX_VIEWS_OF_TABLE });
    }
    return stores.tableViews.add(ref, view, actor.accountId);
  });
}

/**
 * Changes a view of one's own, or a shared one by who may share. A shared view that is made private again belongs to who
 * made it.
 *
 * @throws {AshlarError} those of `inProject`, `control.view_unknown` also for other people's private ones,
 *   `control.view_changed`.
 */
export function changeView(
  parts: Pick<ControlParts, 'inTransaction'>,
  actor: Actor,
  ref: string,
  id: string,
  change: ViewChange,
): Promise<TableView> {
  return parts.inTransaction(async (stores) => {
    const view = await findForChange(stores, actor, ref, id);
    if (change.shared === true || change.isDefault === true) await inProject(stores, actor, ref, 'table-view.share');
    if (view.version !== change.version) {
      throw tableErrors.viewChanged({ found: view.version, version: change.version });
    }
    const { name = view.name, shared = view.shared, definition = view.definition } = change;
    const isDefault = shared && (change.isDefault ?? view.is_default);
    if (isDefault && !view.is_default) await stores.tableViews.dropDefault(ref, id);
    return stores.tableViews.change(id, { name, shared, definition, isDefault });
  });
}

/** @throws {AshlarError} those of `changeView`. */
export function removeView(
  parts: Pick<ControlParts, 'inTransaction'>,
  actor: Actor,
  ref: string,
  id: string,
): Promise<void> {
  return parts.inTransaction(async (stores) => {
    await findForChange(stores, actor, ref, id);
    await stores.tableViews.remove(id);
  });
}

async function findForChange(stores: Stores, actor: Actor, ref: string, id: string): Promise<TableView> {
  await inProject(stores, actor, ref, 'table-view.keep');
  const view = await stores.tableViews.find(ref, id);
  if (view === null || (!view.shared && view.account_id !== actor.accountId)) throw tableErrors.viewUnknown();
  if (view.shared) await inProject(stores, actor, ref, 'table-view.share');
  return view;
}
