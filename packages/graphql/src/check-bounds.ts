import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { MAX_DEPTH, MAX_FIELDS, MAX_ROOT_FIELDS } from './bounds.ts';

/** Counts fields as if every fragment were written out; stops at the bound, so that fragments cannot multiply work. */
export function checkBounds(document: DocumentNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): void {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) checkOperation(definition, fragments);
  }
  // A fragment nobody spreads is validated all the same.
  for (const fragment of fragments.values()) countFields(fragment.selectionSet, fragments);
}

function checkOperation(
  definition: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): void {
  countFields(definition.selectionSet, fragments, (rootFields) => {
    if (rootFields > MAX_ROOT_FIELDS) {
      throw new GraphQLError(`An operation may have at most ${MAX_ROOT_FIELDS} fields at its top`, {
        nodes: definition,
      });
    }
  });
}

function countFields(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  checkRoots: (rootFields: number) => void = () => undefined,
): void {
  let [fields, spreads, rootFields] = [0, 0, 0];
  const open = new Set<string>();
  const visit = (selections: SelectionSetNode, depth: number): void => {
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) {
        fields += 1;
        if (fields > MAX_FIELDS) {
          throw new GraphQLError(
            `An operation may have at most ${MAX_FIELDS} fields, those of fragments counted at every spread`,
          );
        }
        if (depth === 1) checkRoots((rootFields += 1));
        if (depth > MAX_DEPTH) {
          throw new GraphQLError(`Fields may be nested ${MAX_DEPTH} levels deep`, { nodes: selection });
        }
        if (selection.selectionSet !== undefined) visit(selection.selectionSet, depth + 1);
        continue;
      }
      // An empty-handed spread is work too, so it counts as a field does.
      spreads += 1;
      if (spreads > MAX_FIELDS) throw new GraphQLError(`An operation may have at most ${MAX_FIELDS} fragments`);
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        visit(selection.selectionSet, depth);
        continue;
      }
      const name = selection.name.value;
      const fragment = fragments.get(name);
      // Fragments that spread themselves are for validation to report.
      if (fragment === undefined || open.has(name)) continue;
      open.add(name);
      visit(fragment.selectionSet, depth);
      open.delete(name);
    }
  };
  visit(selectionSet, 1);
}
