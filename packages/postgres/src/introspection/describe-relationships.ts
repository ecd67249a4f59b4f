import type { Catalogue, Oid, Position } from './catalogue.ts';
import type { KnownRelation } from './describe-relations.ts';
import {
  relationKey,
  type Cardinality,
  type ColumnPair,
  type Relation,
  type Relationship,
  type Routine,
} from './snapshot.ts';
import type { BaseColumns } from './view-columns.ts';

/**
 * Every way to get from one relation to another: foreign keys in both directions, seen from tables and from the
 * views that show their columns, junctions, and functions that compute one.
 */
export function describeRelationships(
  catalogue: Catalogue,
  known: ReadonlyMap<Oid, KnownRelation>,
  viewColumns: ReadonlyMap<Oid, BaseColumns>,
  computed: readonly Relationship[],
): ReadonlyMap<string, readonly Relationship[]> {
  const toOne = followForeignKeys(catalogue, known, viewColumns);
  const relations = new Map(
    [...known.values()].map(({ relation }) => [relationKey(relation.schema, relation.name), relation]),
  );
  return groupByOrigin([...toOne, ...toOne.map(reverse), ...crossJunctions(toOne, relations), ...computed]);
}

/** A function of a row that returns rows of a relation: to one when it returns one row or promises `ROWS 1`. */
export function describeComputedRelationship(routine: Routine, oneRow: boolean): Relationship | null {
  const { computedOn: origin, result } = routine;
  if (origin === null || result.kind !== 'composite' || result.relation === null) return null;
  const target = result.relation;
  return {
    cardinality: oneRow ? 'many-to-one' : 'one-to-many',
    constraint: '',
    originSchema: origin.schema,
    origin: origin.name,
    targetSchema: target.schema,
    target: target.name,
    columns: [],
    junction: null,
    selfReference: origin.schema === target.schema && origin.name === target.name,
    throughView: false,
    ownsForeignKey: false,
    computedBy: { schema: routine.schema, name: routine.name },
  };
}

/** One end of a foreign key: the table itself, or a view that shows all columns of the key. */
interface KeyEnd {
  readonly known: KnownRelation;
  readonly columns: readonly string[];
}

/** A view may show a key's columns several times; beyond this many combinations the rest is left out. */
const MAX_KEY_VARIANTS = 32;

function followForeignKeys(
  catalogue: Catalogue,
  known: ReadonlyMap<Oid, KnownRelation>,
  viewColumns: ReadonlyMap<Oid, BaseColumns>,
): readonly Relationship[] {
  const viewsOf = viewsByBase(viewColumns, known);
  const uniqueKeys = new Set(catalogue.keys.map((key) => `${key.relation} ${positionSet(key.positions)}`));
  return catalogue.foreignKeys.flatMap((key) => {
    const origins = keyEnds(key.origin, key.originPositions, known, viewsOf);
    const targets = keyEnds(key.target, key.targetPositions, known, viewsOf);
    const unique = uniqueKeys.has(`${key.origin} ${positionSet(key.originPositions)}`);
    return origins.flatMap((origin) =>
      targets.map((target) => toOneRelationship(key.constraint, unique ? 'one-to-one' : 'many-to-one', origin, target)),
    );
  });
}

function toOneRelationship(constraint: string, cardinality: Cardinality, origin: KeyEnd, target: KeyEnd): Relationship {
  return {
    cardinality,
    constraint,
    originSchema: origin.known.relation.schema,
    origin: origin.known.relation.name,
    targetSchema: target.known.relation.schema,
    target: target.known.relation.name,
    columns: origin.columns.map((column, index) => ({ origin: column, target: target.columns[index] ?? '' })),
    junction: null,
    selfReference: origin.known === target.known,
    throughView: origin.known.isView || target.known.isView,
    ownsForeignKey: true,
    computedBy: null,
  };
}

interface ShowingView {
  readonly known: KnownRelation;
  readonly shown: ReadonlyMap<Position, readonly Position[]>;
}

function viewsByBase(
  viewColumns: ReadonlyMap<Oid, BaseColumns>,
  known: ReadonlyMap<Oid, KnownRelation>,
): ReadonlyMap<Oid, readonly ShowingView[]> {
  const views = new Map<Oid, ShowingView[]>();
  for (const [view, bases] of viewColumns) {
    const ofView = known.get(view);
    if (ofView === undefined) continue;
    for (const [base, shown] of bases) {
      const showing = views.get(base) ?? [];
      views.set(base, showing);
      showing.push({ known: ofView, shown });
    }
  }
  return views;
}

function keyEnds(
  table: Oid,
  positions: readonly Position[],
  known: ReadonlyMap<Oid, KnownRelation>,
  viewsOf: ReadonlyMap<Oid, readonly ShowingView[]>,
): readonly KeyEnd[] {
  const own = known.get(table);
  if (own === undefined) return [];
  const views = (viewsOf.get(table) ?? []).flatMap((view) =>
    combinations(positions.map((position) => view.shown.get(position) ?? [])).map((variant) => ({
      known: view.known,
      columns: names(view.known, variant),
    })),
  );
  return [{ known: own, columns: names(own, positions) }, ...views];
}

/** One choice from each list in every way; none when a list is empty. */
function combinations(lists: readonly (readonly Position[])[]): readonly (readonly Position[])[] {
  return lists.reduce<readonly (readonly Position[])[]>(
    (chosen, list) => chosen.flatMap((head) => list.map((next) => [...head, next])).slice(0, MAX_KEY_VARIANTS),
    [[]],
  );
}

function names(known: KnownRelation, positions: readonly Position[]): readonly string[] {
  return positions.map((position) => known.columnNames.get(position) ?? '');
}

function positionSet(positions: readonly Position[]): string {
  return positions.toSorted((a, b) => a - b).join(' ');
}

function reverse(relationship: Relationship): Relationship {
  return {
    ...relationship,
    cardinality: relationship.cardinality === 'one-to-one' ? 'one-to-one' : 'one-to-many',
    originSchema: relationship.targetSchema,
    origin: relationship.target,
    targetSchema: relationship.originSchema,
    target: relationship.origin,
    columns: swap(relationship.columns),
    ownsForeignKey: false,
  };
}

function swap(pairs: readonly ColumnPair[]): readonly ColumnPair[] {
  return pairs.map(({ origin, target }) => ({ origin: target, target: origin }));
}

/** Two foreign keys of a relation make it a junction when its primary key holds all their columns. */
function crossJunctions(
  toOne: readonly Relationship[],
  relations: ReadonlyMap<string, Relation>,
): readonly Relationship[] {
  const ofJunction = Map.groupBy(
    toOne.filter((relationship) => relationship.cardinality === 'many-to-one'),
    (relationship) => relationKey(relationship.originSchema, relationship.origin),
  );
  return [...ofJunction].flatMap(([key, keys]) => {
    const primaryKey = relations.get(key)?.primaryKey ?? [];
    const sides = keys.filter(({ columns }) => columns.every((pair) => primaryKey.includes(pair.origin)));
    return sides.flatMap((from) =>
      sides.filter((to) => to.constraint !== from.constraint).map((to) => joinSides(from, to)),
    );
  });
}

function joinSides(from: Relationship, to: Relationship): Relationship {
  return {
    cardinality: 'many-to-many',
    constraint: '',
    originSchema: from.targetSchema,
    origin: from.target,
    targetSchema: to.targetSchema,
    target: to.target,
    columns: [],
    junction: {
      schema: from.originSchema,
      name: from.origin,
      originConstraint: from.constraint,
      targetConstraint: to.constraint,
      originColumns: swap(from.columns),
      targetColumns: to.columns,
    },
    selfReference: from.targetSchema === to.targetSchema && from.target === to.target,
    throughView: from.throughView || to.throughView,
    ownsForeignKey: false,
    computedBy: null,
  };
}

function groupByOrigin(relationships: readonly Relationship[]): ReadonlyMap<string, readonly Relationship[]> {
  const groups = Map.groupBy(relationships, ({ originSchema, origin }) => relationKey(originSchema, origin));
  return new Map([...groups].map(([origin, members]) => [origin, members.toSorted(inListingOrder)]));
}

/** The order PostgREST lists candidates in, so that error texts agree: by target, then kind, then constraint. */
const CARDINALITY_ORDER: readonly Cardinality[] = ['one-to-many', 'many-to-one', 'one-to-one', 'many-to-many'];

function inListingOrder(a: Relationship, b: Relationship): number {
  return (
    compare(a.targetSchema, b.targetSchema) ||
    compare(a.target, b.target) ||
    CARDINALITY_ORDER.indexOf(a.cardinality) - CARDINALITY_ORDER.indexOf(b.cardinality) ||
    compare(a.junction?.name ?? '', b.junction?.name ?? '') ||
    compare(a.constraint, b.constraint) ||
    compare(a.junction?.originConstraint ?? '', b.junction?.originConstraint ?? '') ||
    compare(a.junction?.targetConstraint ?? '', b.junction?.targetConstraint ?? '') ||
    Number(b.ownsForeignKey) - Number(a.ownsForeignKey) ||
    compare(a.computedBy?.name ?? '', b.computedBy?.name ?? '') ||
    compare(a.columns[0]?.origin ?? '', b.columns[0]?.origin ?? '') ||
    compare(a.columns[0]?.target ?? '', b.columns[0]?.target ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
