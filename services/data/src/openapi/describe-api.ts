import { type Column, relationKey, type Relation, type Routine, type Snapshot } from '@ashlar/postgres';
import { producedBy } from '../plan/produced-media-type.ts';
import { routineSignature, type UsableColumns, type UsableObjects } from './usable-objects.ts';

/** A relation with the columns a role may use, and how. */
export interface ApiRelation {
  readonly name: string;
  readonly comment: string | null;
  readonly primaryKey: readonly string[];
  /** Usable in any way. */
  readonly columns: readonly ApiColumn[];
  readonly select: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly delete: boolean;
}

export interface ApiColumn extends Column {
  readonly primary: boolean;
  /** What a foreign key of this column alone refers to, where the role may use that. */
  readonly refersTo: { readonly relation: string; readonly column: string } | null;
  readonly select: boolean;
  readonly insert: boolean;
  readonly update: boolean;
}

export interface ApiRoutine {
  readonly name: string;
  /** In definition order, at least one. */
  readonly overloads: readonly [Routine, ...Routine[]];
  /** The media type it answers with beside JSON, if its result is one. */
  readonly produces: string | null;
}

/** All of a schema that a document about it tells, in the order of names. */
export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  readonly relations: readonly ApiRelation[];
  readonly routines: readonly ApiRoutine[];
}

/** @param usable What the reader may use; null describes everything. */
export function describeApi(snapshot: Snapshot, schema: string, usable: UsableObjects | null): ApiDescription {
  const granted = usable === null ? null : new Map(usable.relations.map((relation) => [relation.name, relation]));
  const callable = usable === null ? null : new Set(usable.routines);
  const relations = [...snapshot.relations.values()]
    .filter((relation) => relation.schema === schema)
    .flatMap((relation): ApiRelation[] => {
      const grants = granted === null ? EVERYTHING : granted.get(relation.name);
      if (grants === undefined) return [];
      const columns = columnsOf(relation, snapshot, grants, (name) => granted === null || granted.has(name));
      return [
        {
          name: relation.name,
          comment: relation.comment,
          primaryKey: relation.primaryKey,
          columns,
          select: columns.some((column) => column.select) || grants.select === true,
          insert: relation.insertable && (columns.some((column) => column.insert) || grants.insert === true),
          update: relation.updatable && columns.some((column) => column.update),
          delete: relation.deletable && grants.delete,
        },
      ];
    });
  const routines = [...snapshot.routines.values()].flatMap((overloads): ApiRoutine[] => {
    const [first, ...rest] = overloads.filter(
      ({ schema: own, name, parameters }) =>
        own === schema && (callable === null || callable.has(routineSignature(name, parameters))),
    );
    if (first === undefined) return [];
    const produces = producedBy(snapshot, schema, { kind: 'routine', name: first.name })?.type ?? null;
    return [{ name: first.name, overloads: [first, ...rest], produces }];
  });
  const [title = `standard ${schema} schema`, ...description] = usable?.schemaComment?.split('\n') ?? [];
  return {
    title,
    description: description.join('\n').trim(),
    relations: relations.toSorted(byName),
    routines: routines.toSorted(byName),
  };
}

interface Grants {
  readonly select: UsableColumns;
  readonly insert: UsableColumns;
  readonly update: UsableColumns;
  readonly delete: boolean;
}

const EVERYTHING: Grants = { select: true, insert: true, update: true, delete: true };

function columnsOf(
  relation: Relation,
  snapshot: Snapshot,
  grants: Grants,
  mayName: (relation: string) => boolean,
): readonly ApiColumn[] {
  const keys = (snapshot.relationships.get(relationKey(relation.schema, relation.name)) ?? []).filter(
    ({ ownsForeignKey, columns, targetSchema, target }) =>
      ownsForeignKey && columns.length === 1 && (targetSchema !== relation.schema || mayName(target)),
  );
  return [...relation.columns.values()].flatMap((column): ApiColumn[] => {
    const may = (granted: UsableColumns): boolean => granted === true || granted.includes(column.name);
    const writable = !column.generated && column.identity !== 'always';
    const uses = {
      select: may(grants.select),
      insert: relation.insertable && writable && may(grants.insert),
      update: relation.updatable && column.updatable && writable && may(grants.update),
    };
    if (!uses.select && !uses.insert && !uses.update) return [];
    const key = keys.find(({ columns }) => columns[0]?.origin === column.name);
    const target = key?.columns[0]?.target;
    const refersTo = key === undefined || target === undefined ? null : { relation: key.target, column: target };
    return [{ ...column, ...uses, primary: relation.primaryKey.includes(column.name), refersTo }];
  });
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
