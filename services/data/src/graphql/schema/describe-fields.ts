import { relationKey, type Relationship } from '@ashlar/postgres';
import { readDirective, textIn } from './comment-directive.ts';
import { camelCase, isGraphqlName, lowerFirst } from './graphql-name.ts';
import type { EntityField } from './graph-model.ts';
import type { DraftEntity, GraphContext } from './graph-context.ts';

/** Adds what leads from an entity to others: its foreign keys, those that point at it, and those a comment declares. */
export function describeRelationFields(entity: DraftEntity, context: GraphContext): void {
  if (!entity.readable) return;
  const { schema, name } = entity.relation;
  const relationships = context.snapshot.relationships.get(relationKey(schema, name)) ?? [];
  for (const relationship of relationships) {
    if (relationship.throughView || relationship.junction !== null || relationship.computedBy !== null) continue;
    addRelation(entity, relationship, constraintName(relationship, context), context);
  }
  for (const { forward, localName, foreignName } of declaredKeys(entity)) {
    addRelation(entity, forward, localName, context);
    const target = context.entities.get(relationKey(forward.targetSchema, forward.target));
    if (target?.readable === true) addRelation(target, reversed(forward), foreignName, context);
  }
}

function addRelation(
  entity: DraftEntity,
  relationship: Relationship,
  givenName: string | null,
  { entities, inflects }: GraphContext,
): void {
  const target = relationKey(relationship.targetSchema, relationship.target);
  const other = entities.get(target);
  const { columns } = relationship;
  const isShown =
    other?.readable === true &&
    columns.every((pair) => shows(entity, pair.origin)) &&
    columns.every((pair) => shows(other, pair.target));
  if (!isShown) return;
  const many = relationship.cardinality === 'one-to-many';
  const name = givenName ?? relationName(relationship, other.typeName, many, inflects);
  addField(
    entity,
    name,
    columns.map((pair) => (relationship.ownsForeignKey ? pair.origin : pair.target)),
    {
      kind: 'relation',
      many,
      // The other side may be hidden by its policies even where a foreign key promises it.
      nullable: true,
      relation: { target, by: { kind: 'columns', pairs: columns } },
    },
  );
}

/** `author_id` names the way to the author; without that habit the target's name does. */
function relationName(
  { columns, ownsForeignKey }: Relationship,
  targetType: string,
  many: boolean,
  inflects: boolean,
): string {
  if (many) return `${lowerFirst(targetType)}Collection`;
  const [only] = columns;
  const stem = columns.length === 1 ? /^(.+)(?:_id|Id)$/.exec(only?.origin ?? '')?.[1] : undefined;
  if (!ownsForeignKey || stem === undefined) return lowerFirst(targetType);
  return inflects ? camelCase(stem) : stem;
}

/** Two ways to the same place: the later is told by its columns. */
function addField(entity: DraftEntity, name: string, columns: readonly string[], field: EntityField): void {
  const free = [name, `${name}By_${columns.join('_')}`].find((candidate) => !entity.fields.has(candidate));
  if (free !== undefined && isGraphqlName(free)) entity.fields.set(free, field);
}

/** `comment on constraint … is '@graphql({"local_name": …, "foreign_name": …})'` names both directions. */
function constraintName(relationship: Relationship, { access }: GraphContext): string | null {
  const [schema, relation] = relationship.ownsForeignKey
    ? [relationship.originSchema, relationship.origin]
    : [relationship.targetSchema, relationship.target];
  const found = access.constraintComments.find(
    (each) => each.name === relationship.constraint && each.relation === relation && each.schema === schema,
  );
  // The local name is what the referencing side is called, seen from the other.
  return textIn(readDirective(found?.comment), relationship.ownsForeignKey ? 'foreign_name' : 'local_name');
}

interface DeclaredKey {
  readonly forward: Relationship;
  readonly localName: string | null;
  readonly foreignName: string | null;
}

/** What `{"foreign_keys": […]}` declares of a view. */
function declaredKeys({ relation }: DraftEntity): readonly DeclaredKey[] {
  const declared = readDirective(relation.comment)['foreign_keys'];
  if (!Array.isArray(declared)) return [];
  return declared.flatMap((key: unknown): DeclaredKey[] => {
    if (typeof key !== 'object' || key === null) return [];
    const members = new Map<string, unknown>(Object.entries(key));
    const text = (name: string): string | null => {
      const value = members.get(name);
      return typeof value === 'string' ? value : null;
    };
    const list = (name: string): readonly unknown[] => {
      const value = members.get(name);
      return Array.isArray(value) ? value : [];
    };
    const target = text('foreign_table');
    const [locals, foreigns] = [list('local_columns'), list('foreign_columns')];
    if (target === null || locals.length === 0 || locals.length !== foreigns.length) return [];
    const columns = locals.map((local, index) => ({ origin: String(local), target: String(foreigns[index]) }));
    const forward: Relationship = {
      cardinality: 'many-to-one',
      constraint: '',
      originSchema: relation.schema,
      origin: relation.name,
      targetSchema: text('foreign_schema') ?? relation.schema,
      target,
      columns,
      junction: null,
      selfReference: false,
      throughView: false,
      ownsForeignKey: true,
      computedBy: null,
    };
    return [{ forward, localName: text('foreign_name'), foreignName: text('local_name') }];
  });
}

function reversed(forward: Relationship): Relationship {
  return {
    ...forward,
    cardinality: 'one-to-many',
    originSchema: forward.targetSchema,
    origin: forward.target,
    targetSchema: forward.originSchema,
    target: forward.origin,
    columns: forward.columns.map(({ origin, target }) => ({ origin: target, target: origin })),
    ownsForeignKey: false,
  };
}

function shows({ fields }: DraftEntity, column: string): boolean {
  // Nearly always a field has its column's name.
  const namesake = fields.get(column);
  if (namesake?.kind === 'column' && namesake.column.name === column) return true;
  return fields.values().some((field) => field.kind === 'column' && field.column.name === column);
}

/** Functions of a row whose names begin with `_` are fields of its type, without it. */
export function addComputedFields(context: GraphContext): void {
  const { snapshot, access, entities, types, inflects } = context;
  for (const { schema, name } of access.functions) {
    const [routine, overload] = snapshot.routines.get(relationKey(schema, name)) ?? [];
    if (routine?.computedOn == null || overload !== undefined || !name.startsWith('_')) continue;
    const entity = entities.get(relationKey(routine.computedOn.schema, routine.computedOn.name));
    if (entity === undefined || !entity.readable || routine.volatility === 'volatile') continue;
    const bare = name.slice(1);
    const fieldName = textIn(readDirective(routine.comment), 'name') ?? (inflects ? camelCase(bare) : bare);
    const { result } = routine;
    if (result.kind === 'scalar' && !result.set) {
      addField(entity, fieldName, ['computed'], {
        kind: 'computed',
        function: { schema, name },
        type: types.of(result.type),
      });
    }
    if (result.kind !== 'composite' || result.relation === null) continue;
    const target = relationKey(result.relation.schema, result.relation.name);
    if (entities.get(target)?.readable !== true) continue;
    const toOne = (snapshot.relationships.get(relationKey(entity.relation.schema, entity.relation.name)) ?? []).some(
      ({ computedBy, cardinality }) =>
        computedBy?.schema === schema && computedBy.name === name && cardinality === 'many-to-one',
    );
    addField(entity, fieldName, ['computed'], {
      kind: 'relation',
      many: !toOne,
      nullable: true,
      relation: { target, by: { kind: 'function', function: { schema, name } } },
    });
  }
}
