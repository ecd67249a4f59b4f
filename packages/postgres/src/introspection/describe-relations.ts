import type { Catalogue, CatalogueColumns, CatalogueRelation, Oid, Position } from './catalogue.ts';
import type { TypeBook } from './describe-types.ts';
import type { Column, Relation, RelationKind } from './snapshot.ts';
import type { BaseColumns, ViewOrigins } from './view-columns.ts';

/** A relation with what the catalogue calls it, for the stages that follow keys. */
export interface KnownRelation {
  readonly oid: Oid;
  readonly isView: boolean;
  readonly relation: Relation;
  readonly columnNames: ReadonlyMap<Position, string>;
}

const KINDS: Readonly<Record<CatalogueRelation['kind'], RelationKind>> = {
  r: 'table',
  p: 'partitioned-table',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
};

const UPDATE = 4;
const INSERT = 8;
const DELETE = 16;

export function describeRelations(
  catalogue: Catalogue,
  types: TypeBook,
  viewOrigins: ReadonlyMap<Oid, ViewOrigins>,
  viewColumns: ReadonlyMap<Oid, BaseColumns>,
): ReadonlyMap<Oid, KnownRelation> {
  const comments = byRelationAndPosition(catalogue.comments, (comment) => comment.text);
  const sequences = byRelationAndPosition(catalogue.identitySequences, (identity) => identity.sequence);
  const primaryKeys = new Map(
    catalogue.keys.filter((key) => key.primary).map((key) => [key.relation, key.positions] as const),
  );
  const known = new Map<Oid, KnownRelation>();
  for (const raw of catalogue.relations) {
    const columnNames = new Map(
      raw.columns?.positions.map((position, index) => [position, raw.columns?.names[index] ?? '']),
    );
    const keyPositions = primaryKeys.get(raw.oid) ?? shownPrimaryKey(viewColumns.get(raw.oid), primaryKeys);
    known.set(raw.oid, {
      oid: raw.oid,
      isView: raw.kind === 'v' || raw.kind === 'm',
      columnNames,
      relation: {
        schema: raw.schema,
        name: raw.name,
        kind: KINDS[raw.kind],
        columns: describeColumns(raw, types, viewOrigins.get(raw.oid), comments.get(raw.oid), sequences.get(raw.oid)),
        primaryKey: keyPositions.flatMap((position) => columnNames.get(position) ?? []),
        insertable: (raw.events & INSERT) !== 0,
        updatable: (raw.events & UPDATE) !== 0,
        deletable: (raw.events & DELETE) !== 0,
        rowSecurity: raw.rowSecurity,
        comment: comments.get(raw.oid)?.get(0) ?? null,
      },
    });
  }
  return known;
}

/**
 * A view has the primary key of the table it shows whole; when it shows several, all their key columns, as
 * PostgREST has it. Of a column shown twice the first stands.
 */
function shownPrimaryKey(
  columns: BaseColumns | undefined,
  primaryKeys: ReadonlyMap<Oid, readonly Position[]>,
): readonly Position[] {
  if (columns === undefined) return [];
  return [...columns].flatMap(([table, shown]) => {
    const key = primaryKeys.get(table) ?? [];
    return key.every((position) => shown.has(position))
      ? key.flatMap((position) => shown.get(position)?.[0] ?? [])
      : [];
  });
}

function describeColumns(
  relation: CatalogueRelation,
  types: TypeBook,
  origins: ViewOrigins | undefined,
  comments: ReadonlyMap<Position, string> | undefined,
  sequences: ReadonlyMap<Position, string> | undefined,
): ReadonlyMap<string, Column> {
  const columns = new Map<string, Column>();
  const raw: CatalogueColumns | null = relation.columns;
  if (raw === null) return columns;
  for (const [index, name] of raw.names.entries()) {
    // The arrays are made by one GROUP BY, so each has an entry for every name.
    const position = raw.positions[index] ?? 0;
    const type = types.column(raw.types[index] ?? 0, raw.modifiers[index] ?? -1);
    const sequence = sequences?.get(position);
    columns.set(name, {
      name,
      position,
      type: type.type,
      nominalType: type.nominalType,
      category: type.category,
      isArray: type.isArray,
      isComposite: type.isComposite,
      maxLength: type.maxLength,
      nullable: !(raw.notNull[index] ?? false) && !type.domainNotNull,
      defaultExpression:
        sequence === undefined
          ? (raw.defaults?.[position] ?? type.domainDefault)
          : `nextval('${sequence.replaceAll("'", "''")}'::regclass)`,
      identity: raw.identity[index] === 'a' ? 'always' : raw.identity[index] === 'd' ? 'by default' : null,
      generated: raw.generated[index] ?? false,
      updatable:
        (relation.events & UPDATE) !== 0 && (origins === undefined || relation.updateTrigger || origins.has(position)),
      enumLabels: type.enumLabels,
      comment: comments?.get(position) ?? null,
    });
  }
  return columns;
}

function byRelationAndPosition<Member extends { readonly relation: Oid; readonly position: Position }>(
  members: readonly Member[],
  value: (member: Member) => string,
): ReadonlyMap<Oid, ReadonlyMap<Position, string>> {
  const grouped = new Map<Oid, Map<Position, string>>();
  for (const member of members) {
    const ofRelation = grouped.get(member.relation) ?? new Map<Position, string>();
    grouped.set(member.relation, ofRelation);
    ofRelation.set(member.position, value(member));
  }
  return grouped;
}
