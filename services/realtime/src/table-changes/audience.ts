import type { Caller } from '@ashlar/service';
import { claimsKey } from './claims-read.ts';
import type { SettledFilter } from './filter-match.ts';
import { type ChangeEvent, eventOf, type LoggedChange, valuesOf } from './logged-change.ts';
import { concerns, type Subscriber, type TableSubscription } from './subscriber.ts';
import type { RoleFacts, TableFacts } from './table-facts.ts';

/** Subscribers of one table whom its policies cannot tell apart. */
export interface Group {
  readonly key: string;
  readonly table: TableFacts;
  readonly role: RoleFacts;
  /** Any of them: they agree in role and in the claims that matter. */
  readonly caller: Caller;
  /** What the database has to decide of the filters of its members, who all have the same. */
  readonly filters: readonly SettledFilter[];
  readonly members: readonly Member[];
}

export interface Member {
  readonly subscriber: Subscriber;
  readonly subscriptions: readonly Wanted[];
}

/** A subscription with the places of its undecided filters among those of the group. */
export interface Wanted {
  readonly subscription: TableSubscription;
  readonly undecided: readonly number[];
}

/** Puts the subscribers of a table into groups. Those whose role the catalogue does not know are nobody's. */
export function groupsOf(table: TableFacts, subscribers: Iterable<Subscriber>): readonly Group[] {
  const groups = new Map<string, Group & { readonly members: Member[] }>();
  for (const subscriber of subscribers) {
    const { caller } = subscriber.listener;
    const wanted = subscriber.subscriptions.filter((subscription) => concerns(subscription, table));
    const role = table.roles.get(caller.role);
    if (wanted.length === 0 || role === undefined) continue;
    const filters = new Map<string, SettledFilter>();
    for (const { filters: own } of wanted) {
      for (const filter of own) if (filter.matches === null) filters.set(filterKey(filter), filter);
    }
    const names = [...filters.keys()].toSorted();
    // Whom no policy concerns is judged alike, whatever the claims; a filter's operator may still be the project's own.
    const claims = role.bypasses && filters.size === 0 ? '' : claimsOf(caller, table);
    const key = `${table.oid} ${JSON.stringify([caller.role, claims, names])}`;
    const group = groups.get(key) ?? {
      key,
      table,
      role,
      caller,
      filters: names.flatMap((name) => filters.get(name) ?? []),
      members: [],
    };
    groups.set(key, group);
    const subscriptions = wanted.map((subscription): Wanted => {
      const undecided = subscription.filters.filter(({ matches }) => matches === null);
      return { subscription, undecided: undecided.map((filter) => names.indexOf(filterKey(filter))) };
    });
    group.members.push({ subscriber, subscriptions });
  }
  return [...groups.values()];
}

/** Of callers whose claims do not change, for tables as they were read. */
const knownClaims = new WeakMap<TableFacts, WeakMap<Caller, string>>();

function claimsOf(caller: Caller, table: TableFacts): string {
  const ofTable = knownClaims.get(table) ?? new WeakMap<Caller, string>();
  knownClaims.set(table, ofTable);
  const known = ofTable.get(caller);
  if (known !== undefined) return known;
  const key = claimsKey(caller.claims, table.claims);
  ofTable.set(caller, key);
  return key;
}

/** Whether somebody of a group wants to hear of everything from a change on, whatever it is. */
export function wantsAll(group: Group, { seq, commit }: LoggedChange): boolean {
  return group.members.some(
    ({ subscriber, subscriptions }) =>
      !subscriber.isGone &&
      seq >= subscriber.nextSeq &&
      commit.commitLsn >= subscriber.sinceLsn &&
      subscriptions.some(({ subscription: { event, filters } }) => event === '*' && filters.length === 0),
  );
}

/** Somebody who is to hear of a change if the database agrees. */
export interface Candidate {
  readonly subscriber: Subscriber;
  readonly wanted: readonly Wanted[];
}

/**
 * Who of a group asked for such a change, as far as can be told without the database.
 *
 * @param mayFilter False: only the kind of change counts, because its values must not matter.
 */
export function candidatesFor(group: Group, change: LoggedChange, mayFilter: boolean): readonly Candidate[] {
  const event = eventOf(change);
  let values: ReadonlyMap<string, string | null | undefined> | null = null;
  const candidates: Candidate[] = [];
  for (const { subscriber, subscriptions } of group.members) {
    if (subscriber.isGone || change.seq < subscriber.nextSeq || change.commit.commitLsn < subscriber.sinceLsn) continue;
    const wanted = subscriptions.filter(({ subscription }) => {
      if (!isOf(subscription.event, event)) return false;
      if (!mayFilter || subscription.filters.length === 0) return true;
      values ??= valuesOf(change);
      return holds(subscription.filters, values, group.role);
    });
    if (wanted.length > 0) candidates.push({ subscriber, wanted });
  }
  return candidates;
}

function isOf(wanted: TableSubscription['event'], event: ChangeEvent): boolean {
  return wanted === '*' || wanted === event;
}

function holds(
  filters: readonly SettledFilter[],
  values: ReadonlyMap<string, string | null | undefined>,
  role: RoleFacts,
): boolean {
  return filters.every(({ column, matches }) => {
    const value = values.get(column);
    // A filter on a column that may not be read would tell what is in it.
    if (value === undefined || !role.columns.has(column)) return false;
    return matches === null || matches(value);
  });
}

function filterKey({ column, operator, negated, values }: SettledFilter): string {
  return JSON.stringify([column, operator, negated, values]);
}
