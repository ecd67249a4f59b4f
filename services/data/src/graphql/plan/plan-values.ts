import { GraphQLError } from 'graphql';
import { MAX_INSERTED_VALUES } from '../bounds.ts';
import type { Entity, EntityColumn } from '../schema/graph-model.ts';
import type { WriteAction } from './operation-plan.ts';
import { arrayText, textOfValue } from './value-text.ts';

/** Rows to insert: a column some row names is written for all, the others' with its default. */
export function planInsert(entity: Entity, objects: unknown): Extract<WriteAction, { kind: 'insert' }> {
  const { relation, insertable } = entity;
  const given = (Array.isArray(objects) ? objects : [objects]).map(recordOf);
  if (given.length === 0) throw new GraphQLError('"objects" must have at least one object');
  const columns = insertable.filter(({ fieldName }) => given.some((object) => object[fieldName] !== undefined));
  if (columns.length === 0 && given.length > 1) {
    throw new GraphQLError('Of several objects at least one must have a field');
  }
  if (given.length * columns.length > MAX_INSERTED_VALUES) {
    throw new GraphQLError(
      `An insert of ${given.length} objects with ${columns.length} fields is too large; at most ${MAX_INSERTED_VALUES} values are written at once`,
    );
  }
  return {
    kind: 'insert',
    relation: { schema: relation.schema, name: relation.name },
    columns: columns.map(({ name }) => name),
    rows: given.map((object) => columns.map((column) => valueIn(object, column))),
  };
}

/** @throws GraphQLError when nothing is to be set. */
export function planSet(entity: Entity, set: unknown): Extract<WriteAction, { kind: 'update' }>['set'] {
  const object = recordOf(set);
  const changes = entity.updatable.flatMap((column) => {
    const value = valueIn(object, column);
    return value === undefined ? [] : [{ column: column.name, value }];
  });
  if (changes.length === 0) throw new GraphQLError('At least one field must be set');
  return changes;
}

function valueIn(
  object: Readonly<Record<string, unknown>>,
  { fieldName, type }: EntityColumn,
): string | null | undefined {
  const value = object[fieldName];
  if (value === undefined || value === null) return value;
  return type.isList ? arrayText(Array.isArray(value) ? value : [value]) : textOfValue(value);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  // Input objects come from graphql-js, which makes records of them.
  return value as Readonly<Record<string, unknown>>;
}
