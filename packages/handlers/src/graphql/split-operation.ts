import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { GraphqlRequest, Operation } from '@ashlar/graphql';

type Variables = GraphqlRequest['variables'];

/** A field at the top of an operation, whatever fragment it is in. */
export interface Root {
  readonly key: string;
  readonly node: FieldNode;
}

export function rootsOf({ definition, fragments }: Operation): readonly Root[] {
  const roots = new Map<string, Root>();
  const visitSet = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        if (!roots.has(key)) roots.set(key, { key, node: selection });
        continue;
      }
      const set = setOf(selection, fragments);
      if (set !== undefined) visitSet(set);
    }
  };
  visitSet(definition.selectionSet);
  return [...roots.values()];
}

/**
 * The operation with some of its fields at the top alone, and without what only the others need: fragments, variables.
 *
 * @param withoutArguments Of the fields at the top, where they were read by hand.
 * @returns Null when nothing is left.
 */
export function keepRoots(
  { definition, fragments }: Operation,
  keeps: (field: string) => boolean,
  withoutArguments: boolean,
): DocumentNode | null {
  const keep = ({ selections }: SelectionSetNode): SelectionNode[] =>
    selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FIELD) {
        if (!keeps(selection.name.value)) return [];
        return [withoutArguments ? { ...selection, arguments: [] } : selection];
      }
      const set = setOf(selection, fragments);
      const kept = set === undefined ? [] : keep(set);
      if (kept.length === 0) return [];
      // A fragment others may spread as well is written out here.
      const { directives } = selection;
      return [
        {
          kind: Kind.INLINE_FRAGMENT,
          ...(directives === undefined ? {} : { directives }),
          selectionSet: { kind: Kind.SELECTION_SET, selections: kept },
        },
      ];
    });
  const selections = keep(definition.selectionSet);
  if (selections.length === 0) return null;
  const operation = { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections } } as const;
  const spread = fragmentsIn(operation, fragments);
  const used = variablesIn([operation.selectionSet, ...spread]);
  const variableDefinitions = (definition.variableDefinitions ?? []).filter(({ variable }) =>
    used.has(variable.name.value),
  );
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, variableDefinitions }, ...spread] };
}

/** A document as a request of its own, with the variables it names. */
export function requestOf(document: DocumentNode, variables: Variables): GraphqlRequest {
  const used = variablesIn([document]);
  const given = Object.entries(variables).filter(([name]) => used.has(name));
  return { query: print(document), variables: Object.fromEntries(given), operationName: null };
}

function setOf(
  selection: Exclude<SelectionNode, FieldNode>,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionSetNode | undefined {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet;
  return fragments.get(selection.name.value)?.selectionSet;
}

function fragmentsIn(
  node: Parameters<typeof visit>[0],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  found = new Set<FragmentDefinitionNode>(),
): readonly FragmentDefinitionNode[] {
  visit(node, {
    FragmentSpread: ({ name }) => {
      const fragment = fragments.get(name.value);
      if (fragment === undefined || found.has(fragment)) return;
      found.add(fragment);
      fragmentsIn(fragment, fragments, found);
    },
  });
  return [...found];
}

function variablesIn(nodes: readonly Parameters<typeof visit>[0][]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodes) visit(node, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}
