import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  recommendedRules,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import { MAX_ERRORS, MAX_TOKENS } from './bounds.ts';
import { checkBounds } from './check-bounds.ts';

/** A document that is valid for its schema, with the operation asked for. */
export interface Operation {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly isMutation: boolean;
}

/** What was wrong with a document: one error or several. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super(errors[0]?.message ?? 'The document is not valid');
    this.errors = errors;
  }
}

const RULES = [...new Set([...specifiedRules, ...recommendedRules])];

/**
 * @param introspection Whether `__schema` and `__type` may be asked for.
 * @throws GraphQLError | DocumentError
 */
export function readOperation(
  text: string,
  operationName: string | null,
  schema: GraphQLSchema,
  introspection: boolean,
): Operation {
  const operation = parseOperation(text, operationName);
  validateOperation(operation, schema, introspection);
  return operation;
}

/**
 * The operation of a document within its bounds, whatever schema it is for.
 *
 * @throws GraphQLError
 */
export function parseOperation(text: string, operationName: string | null): Operation {
  const document = parse(text, { maxTokens: MAX_TOKENS });
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const definition = operationOf(document, operationName);
  // Before validation, which compares fields with each other: its work grows faster than their number.
  checkBounds(document, fragments);
  return { document, definition, fragments, isMutation: definition.operation === OperationTypeNode.MUTATION };
}

/**
 * @param without Rules that somebody else sees to.
 * @throws GraphQLError | DocumentError
 */
export function validateOperation(
  { document, definition }: Operation,
  schema: GraphQLSchema,
  introspection: boolean,
  without: readonly ValidationRule[] = [],
): void {
  const asked = introspection ? RULES : [...RULES, NoSchemaIntrospectionCustomRule];
  const rules = without.length === 0 ? asked : asked.filter((rule) => !without.includes(rule));
  const errors = validate(schema, document, rules, { maxErrors: MAX_ERRORS, hideSuggestions: !introspection });
  if (errors.length > 0) throw new DocumentError(errors);
  if (definition.operation === OperationTypeNode.SUBSCRIPTION) {
    throw new GraphQLError('Subscriptions are not served here', { nodes: definition });
  }
}

function operationOf(document: DocumentNode, name: string | null): OperationDefinitionNode {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [only] = operations;
  if (only === undefined) throw new GraphQLError('The document has no operation');
  if (name === null || name === '') {
    if (operations.length === 1) return only;
    throw new GraphQLError('The document has several operations: "operationName" must say which one');
  }
  const named = operations.find((operation) => operation.name?.value === name);
  if (named === undefined) throw new GraphQLError(`The document has no operation "${name}"`);
  return named;
}
