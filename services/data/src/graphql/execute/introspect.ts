import { executeSync, Kind } from 'graphql';
import type { Operation } from '@ashlar/graphql';
import type { Selected } from '../plan/selection.ts';
import type { RoleSchema } from './graph-schemas.ts';

/** What a field about the schema answers, as JSON: graphql-js knows it without any database. */
export function introspect(
  { whole: schema }: RoleSchema,
  { definition, document }: Operation,
  { key, node, selections }: Selected,
  variables: Readonly<Record<string, unknown>>,
): string {
  const [selectionSet] = selections;
  const field =
    selectionSet === undefined
      ? node
      : { ...node, selectionSet: { ...selectionSet, selections: selections.flatMap((set) => set.selections) } };
  const alone = { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections: [field] } } as const;
  const definitions = document.definitions
    .map((each) => (each === definition ? alone : each))
    .filter((each) => each === alone || each.kind === Kind.FRAGMENT_DEFINITION);
  const { data, errors } = executeSync({ schema, document: { ...document, definitions }, variableValues: variables });
  const [error] = errors ?? [];
  if (error !== undefined) throw error;
  return JSON.stringify(data?.[key] ?? null);
}
