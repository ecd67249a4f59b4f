import { relationKey, type Column, type Relation, type Relationship, type Routine, type Snapshot } from './snapshot.ts';
import { quoteName, type WriteType } from './typescript-type.ts';
import { block, propertyName, tuple, type Entry } from './typescript-block.ts';

/** `Row`, `Insert`, `Update` and `Relationships` of a table or view; a view that takes no writes has only the ends. */
export function writeRelation(relation: Relation, snapshot: Snapshot, writeType: WriteType): string {
  const columns = [...relation.columns.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isView = relation.kind === 'view' || relation.kind === 'materialized-view';
  const computed = computedFields(relation, snapshot);
  const type = (column: Column): string => `${writeType(column.type)}${column.nullable ? ' | null' : ''}`;
  const row: Entry[] = [
    ...columns.map((column): Entry => [propertyName(column.name), type(column)]),
    ...computed.map(({ name, type: returned }): Entry => [propertyName(name), `${writeType(returned)} | null`]),
  ];
  const entries: Entry[] = [['Row', block(row)]];
  if (!isView || relation.insertable) {
    entries.push(['Insert', block(columns.map((column) => writeInsert(column, isView, type(column))))]);
  }
  if (!isView || relation.updatable) {
    entries.push(['Update', block(columns.map((column) => writeUpdate(column, isView, type(column))))]);
  }
  entries.push(['Relationships', writeRelationships(relation, snapshot)]);
  if (computed.length > 0) {
    entries.push(['ComputedFields', computed.map(({ name }) => quoteName(name)).join(' | ')]);
  }
  return block(entries);
}

function writeInsert(column: Column, isView: boolean, type: string): Entry {
  if (!isWritable(column)) return [`${propertyName(column.name)}?`, 'never'];
  const optional = isView || column.nullable || column.defaultExpression !== null || column.identity !== null;
  return [`${propertyName(column.name)}${optional ? '?' : ''}`, type];
}

function writeUpdate(column: Column, isView: boolean, type: string): Entry {
  const writable = isWritable(column) && (!isView || column.updatable);
  return [`${propertyName(column.name)}?`, writable ? type : 'never'];
}

function isWritable(column: Column): boolean {
  return column.identity !== 'always' && !column.generated && column.updatable;
}

interface ComputedField {
  readonly name: string;
  readonly type: string;
}

/** Functions of the row that give one value: selectable like a column, but never part of `*`. */
function computedFields(relation: Relation, snapshot: Snapshot): readonly ComputedField[] {
  const fields: ComputedField[] = [];
  for (const routines of snapshot.routines.values()) {
    for (const { computedOn, result, name, schema } of routines) {
      const isOnRelation = computedOn?.schema === relation.schema && computedOn.name === relation.name;
      if (isOnRelation && schema === relation.schema && result.kind === 'scalar' && !result.set) {
        fields.push({ name, type: result.type });
      }
    }
  }
  return fields.filter(({ name }) => !relation.columns.has(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The client derives the other direction itself, so only the side that holds the columns is written. */
function writeRelationships(relation: Relation, snapshot: Snapshot): string {
  const own = (snapshot.relationships.get(relationKey(relation.schema, relation.name)) ?? [])
    .filter(({ ownsForeignKey, targetSchema }) => ownsForeignKey && targetSchema === relation.schema)
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const written = own.map((relationship) =>
    block([
      ['foreignKeyName', quoteName(relationship.constraint)],
      ['columns', list(relationship.columns.map(({ origin }) => origin))],
      ['isOneToOne', String(relationship.cardinality === 'one-to-one')],
      ['referencedRelation', quoteName(relationship.target)],
      ['referencedColumns', list(relationship.columns.map(({ target }) => target))],
    ]),
  );
  return tuple(written);
}

function sortKey(relationship: Relationship): string {
  return [relationship.constraint, relationship.target, JSON.stringify(relationship.columns)].join('\0');
}

function list(names: readonly string[]): string {
  return `[${names.map(quoteName).join(', ')}]`;
}

/** Overloads of one function as a union of argument and result types, in definition order. */
export function writeRoutines(overloads: readonly Routine[], snapshot: Snapshot, writeType: WriteType): string {
  return overloads.map((routine) => writeRoutine(routine, snapshot, writeType)).join(' | ');
}

function writeRoutine(routine: Routine, snapshot: Snapshot, writeType: WriteType): string {
  const args = routine.parameters.map(({ name, type, required }): Entry => [
    `${propertyName(name)}${required ? '' : '?'}`,
    writeType(type),
  ]);
  const entries: Entry[] = [['Args', args.length === 0 ? 'never' : block(args)]];
  const { result } = routine;
  if (result.kind === 'void') return block([...entries, ['Returns', 'undefined']]);
  if (result.kind === 'scalar') {
    const type = writeType(result.type);
    return block([...entries, ['Returns', result.set ? `(${type})[]` : type]]);
  }
  const target =
    result.relation === null
      ? undefined
      : snapshot.relations.get(relationKey(result.relation.schema, result.relation.name));
  if (target === undefined) {
    const row = block(result.columns.map(({ name, type }): Entry => [propertyName(name), writeType(type)]));
    const record = result.columns.length === 0 ? 'Record<string, unknown>' : row;
    return block([...entries, ['Returns', result.set ? `${record}[]` : record]]);
  }
  const row = block(
    [...target.columns.values()].map((column): Entry => [
      propertyName(column.name),
      `${writeType(column.type)}${column.nullable ? ' | null' : ''}`,
    ]),
  );
  const oneRow = !result.set || isComputedToOne(routine, snapshot);
  return block([
    ...entries,
    ['Returns', oneRow ? row : `${row}[]`],
    [
      'SetofOptions',
      block([
        ['from', quoteName(routine.computedOn?.name ?? '*')],
        ['to', quoteName(target.name)],
        ['isOneToOne', String(oneRow)],
        ['isSetofReturn', String(result.set)],
      ]),
    ],
  ]);
}

function isComputedToOne({ computedOn, schema, name }: Routine, snapshot: Snapshot): boolean {
  if (computedOn === null) return false;
  const relationships = snapshot.relationships.get(relationKey(computedOn.schema, computedOn.name)) ?? [];
  return relationships.some(
    ({ computedBy, cardinality }) =>
      computedBy?.schema === schema && computedBy.name === name && cardinality === 'many-to-one',
  );
}
