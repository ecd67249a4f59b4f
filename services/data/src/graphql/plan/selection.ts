import {
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { must } from '@ashlar/kernel';

/** Coerced values of an operation's variables, as graphql-js hands them from one function to the next. */
export type Variables = NonNullable<Parameters<typeof getArgumentValues>[2]>;

/** A field of an object in the answer; equal keys are merged. */
export interface Selected {
  readonly key: string;
  readonly name: string;
  readonly node: FieldNode;
  readonly selections: readonly SelectionSetNode[];
}

/** Reads selections of a valid document: fragments spread, skipped fields gone, values in place. */
export class Selections {
  readonly schema: GraphQLSchema;
  readonly variables: Variables;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>, variables: Variables) {
    this.schema = schema;
    this.variables = variables;
    this.#fragments = fragments;
  }

  /** The fields an object of this type has in the answer, in the order they were first asked for. */
  fields(selectionSets: readonly SelectionSetNode[], typeName: string): readonly Selected[] {
    const byKey = new Map<string, { node: FieldNode; selections: SelectionSetNode[] }>();
    for (const selectionSet of selectionSets) this.#collect(selectionSet, typeName, byKey, new Set());
    return [...byKey].map(([key, { node, selections }]) => ({ key, name: node.name.value, node, selections }));
  }

  /** The field's arguments; what was not given is absent. */
  arguments(typeName: string, { name, node }: Selected): ReadonlyMap<string, unknown> {
    const type = this.schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[name] : undefined;
    const values = getArgumentValues(
      must(field, `field ${typeName}.${name} of a valid document`),
      node,
      this.variables,
    );
    return new Map(Object.entries(values));
  }

  #collect(
    { selections }: SelectionSetNode,
    typeName: string,
    byKey: Map<string, { node: FieldNode; selections: SelectionSetNode[] }>,
    spread: Set<string>,
  ): void {
    for (const selection of selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const known = byKey.get(key) ?? { node: selection, selections: [] };
        byKey.set(key, known);
        if (selection.selectionSet !== undefined) known.selections.push(selection.selectionSet);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragmentOnce(selection.name.value, spread);
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition?.name.value;
      if (condition === undefined || condition === typeName || condition === 'Node') {
        this.#collect(fragment.selectionSet, typeName, byKey, spread);
      }
    }
  }

  /** Spreading a fragment again adds nothing. */
  #fragmentOnce(name: string, spread: Set<string>): FragmentDefinitionNode | undefined {
    if (spread.has(name)) return undefined;
    spread.add(name);
    return this.#fragments.get(name);
  }

  #isIncluded(selection: SelectionNode): boolean {
    if (selection.directives === undefined || selection.directives.length === 0) return true;
    const skip = getDirectiveValues(GraphQLSkipDirective, selection, this.variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, selection, this.variables);
    return skip?.['if'] !== true && include?.['if'] !== false;
  }
}
