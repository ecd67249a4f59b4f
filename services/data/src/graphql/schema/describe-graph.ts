import { type Relation, relationKey, type Snapshot } from '@ashlar/postgres';
import { DEFAULT_MAX_ROWS } from '../bounds.ts';
import { type CommentDirective, isEnabled, readDirective, textIn, textsIn } from './comment-directive.ts';
import { describeCalls } from './describe-calls.ts';
import { addComputedFields, describeRelationFields } from './describe-fields.ts';
import type { DraftEntity } from './graph-context.ts';
import { camelCase, isGraphqlName, lowerFirst, pascalCase } from './graphql-name.ts';
import type { Entity, EntityColumn, EntityField, GraphModel, RootField } from './graph-model.ts';
import type { RoleAccess } from './role-access.ts';
import { TypeNames } from './type-names.ts';
import { ValueTypes } from './value-types.ts';

/** What one role may see and do, out of what there is. Pure. */
export function describeGraph(snapshot: Snapshot, access: RoleAccess, schemas: readonly string[]): GraphModel {
  const directives = new Map(schemas.map((schema) => [schema, readDirective(access.schemaComments[schema])]));
  const inflects = schemas.some((schema) => directives.get(schema)?.['inflect_names'] === true);
  const typeNames = new TypeNames();
  const types = new ValueTypes(snapshot, access, inflects, typeNames);
  const drafts = new Map<string, DraftEntity>();
  for (const allowed of [...access.relations].toSorted(inOrderOf(schemas))) {
    const key = relationKey(allowed.schema, allowed.name);
    const relation = snapshot.relations.get(key);
    if (relation === undefined) continue;
    const directive = readDirective(relation.comment);
    const typeName = typeNameOf(relation, directive, inflects, typeNames);
    if (typeName === null) continue;
    const schemaDirective = directives.get(relation.schema) ?? {};
    const draft = describeEntity({ relation, typeName, directive, schemaDirective, allowed, types, inflects });
    if (draft === null) continue;
    typeNames.takeForTable(typeName);
    drafts.set(key, draft);
  }
  const context = { snapshot, access, entities: drafts, types, inflects };
  for (const draft of drafts.values()) describeRelationFields(draft, context);
  addComputedFields(context);
  return {
    entities: drafts,
    entitiesByType: new Map([...drafts.values()].map((entity) => [entity.typeName, entity])),
    enumerations: types.enumerations,
    ...rootFields([...drafts.values()], describeCalls(context, schemas)),
    introspection: !schemas.some((schema) => directives.get(schema)?.['introspection'] === false),
  };
}

interface EntitySource {
  readonly relation: Relation;
  readonly typeName: string;
  readonly directive: CommentDirective;
  readonly schemaDirective: CommentDirective;
  readonly allowed: RoleAccess['relations'][number];
  readonly types: ValueTypes;
  readonly inflects: boolean;
}

/** Null when there is nothing the role may do with it. */
function describeEntity(source: EntitySource): DraftEntity | null {
  const { relation, typeName, directive, schemaDirective, allowed, types, inflects } = source;
  const columns = describeColumns(relation, types, inflects);
  const within = (names: readonly string[] | null): readonly EntityColumn[] =>
    names === null ? columns : columns.filter(({ name }) => names.includes(name));
  const readable = within(allowed.select);
  const declared = relation.primaryKey.length > 0 && !isView(relation) ? relation.primaryKey : null;
  const keyNames = declared ?? textsIn(directive, 'primary_key_columns');
  const primaryKey = keyNames.flatMap((name) => readable.find((column) => column.name === name) ?? []);
  const isReadable = keyNames.length > 0 && primaryKey.length === keyNames.length;
  // Without a key the dialect does not know the relation at all.
  if (keyNames.length === 0) return null;
  const fields = new Map<string, EntityField>();
  if (isReadable) {
    fields.set('nodeId', { kind: 'node-id' });
    for (const column of readable) {
      if (!fields.has(column.fieldName)) fields.set(column.fieldName, { kind: 'column', column });
    }
  }
  const insertable = relation.insertable
    ? within(allowed.insert).filter(({ column }) => !column.generated && column.identity !== 'always')
    : [];
  const updatable = relation.updatable
    ? within(allowed.update).filter(
        ({ column }) => !column.generated && column.identity !== 'always' && column.updatable,
      )
    : [];
  const deletable = relation.deletable && allowed.delete;
  if (!isReadable && insertable.length === 0 && updatable.length === 0 && !deletable) return null;
  return {
    relation,
    typeName,
    description: textIn(directive, 'description'),
    fields,
    readable: isReadable,
    primaryKey: isReadable ? primaryKey : [],
    insertable,
    updatable,
    deletable,
    maxRows: rowsIn(directive) ?? rowsIn(schemaDirective) ?? DEFAULT_MAX_ROWS,
    totalCount: isEnabled(directive, 'totalCount'),
    aggregate: isEnabled(directive, 'aggregate'),
  };
}

function describeColumns(relation: Relation, types: ValueTypes, inflects: boolean): readonly EntityColumn[] {
  const columns: EntityColumn[] = [];
  for (const column of relation.columns.values()) {
    const directive = readDirective(column.comment);
    const fieldName = textIn(directive, 'name') ?? (inflects ? camelCase(column.name) : column.name);
    if (!isGraphqlName(fieldName) || fieldName === 'nodeId') continue;
    const description = textIn(directive, 'description');
    columns.push({ name: column.name, fieldName, description, type: types.of(column.type), column });
  }
  return columns;
}

/** A name that is taken gets its schema before it; null when it cannot be a GraphQL name. */
function typeNameOf(
  relation: Relation,
  directive: CommentDirective,
  inflects: boolean,
  names: TypeNames,
): string | null {
  const inflect = (name: string): string => (inflects ? pascalCase(name) : name);
  const own = textIn(directive, 'name') ?? inflect(relation.name);
  const name = names.isFreeForTable(own) ? own : inflect(`${relation.schema}_${relation.name}`);
  return isGraphqlName(name) && names.isFreeForTable(name) ? name : null;
}

function isView({ kind }: Relation): boolean {
  return kind === 'view' || kind === 'materialized-view';
}

function rowsIn(directive: CommentDirective): number | null {
  const value = directive['max_rows'];
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}

function inOrderOf(schemas: readonly string[]) {
  return (a: { readonly schema: string; readonly name: string }, b: typeof a): number =>
    schemas.indexOf(a.schema) - schemas.indexOf(b.schema) || (a.name < b.name ? -1 : 1);
}

function rootFields(
  entities: readonly Entity[],
  calls: ReadonlyMap<string, Extract<RootField, { kind: 'call' }>>,
): Pick<GraphModel, 'queries' | 'mutations'> {
  const queries = new Map<string, RootField>([['node', { kind: 'node' }]]);
  const mutations = new Map<string, RootField>();
  for (const entity of entities) {
    const { typeName } = entity;
    if (entity.readable) {
      queries.set(`${lowerFirst(typeName)}Collection`, { kind: 'collection', entity });
      queries.set(`${lowerFirst(typeName)}ByPk`, { kind: 'by-key', entity });
    }
    if (entity.insertable.length > 0) mutations.set(`insertInto${typeName}Collection`, { kind: 'insert', entity });
    if (entity.updatable.length > 0) mutations.set(`update${typeName}Collection`, { kind: 'update', entity });
    if (entity.deletable) mutations.set(`deleteFrom${typeName}Collection`, { kind: 'delete', entity });
  }
  for (const [name, field] of calls) {
    const fields = field.call.isVolatile ? mutations : queries;
    if (!fields.has(name)) fields.set(name, field);
  }
  return { queries, mutations };
}
