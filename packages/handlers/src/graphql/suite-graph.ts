import { parseOperation, type TableGraph, type TableScope, validateOperation } from '@ashlar/graphql';
import { commonErrors, type Suite } from '@ashlar/kernel';
import type { Observe } from '@ashlar/telemetry';
import {
  buildSchema,
  execute,
  extendSchema,
  GraphQLError,
  GraphQLSchema,
  isObjectType,
  parse,
  printSchema,
  ValuesOfCorrectTypeRule,
} from 'graphql';
import { camelName } from '../input/contract-name.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import type { GraphqlAnswer, GraphqlAsked } from './graphql-asked.ts';
import { printSdl } from './print-sdl.ts';
import { fieldOf, runUseCases, type UseCaseField } from './run-use-cases.ts';
import { keepRoots, requestOf, type Root, rootsOf } from './split-operation.ts';

export interface SuiteGraphOptions {
  readonly suite: Suite;
  readonly useCases: UseCases;
  /** The suite's tables; without them there are its use cases alone. */
  readonly tables: TableGraph | undefined;
  readonly observe: Observe;
}

interface PartialAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly unknown[];
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One schema over a suite's tables and its use cases. */
export class SuiteGraph {
  readonly #options: SuiteGraphOptions;
  readonly #fields: ReadonlyMap<string, UseCaseField>;
  readonly #executable: GraphQLSchema;
  readonly #alone: GraphQLSchema;
  readonly #withTables = new WeakMap<GraphQLSchema, GraphQLSchema>();

  constructor(options: SuiteGraphOptions) {
    const { suite } = options;
    this.#options = options;
    this.#fields = new Map(
      suite.useCases
        .filter(({ on }) => on.graphql === 'query' || on.graphql === 'mutation')
        .map((useCase) => {
          const name = camelName(useCase.name);
          return [name, fieldOf(name, useCase)] as const;
        }),
    );
    this.#alone = buildSchema(printSdl(suite));
    this.#executable = buildSchema(printSdl(suite, { withoutArguments: true }));
  }

  /** All the caller's role sees, as a document. */
  async document(asked: Pick<GraphqlAsked, 'project' | 'caller' | 'invocation'>): Promise<string> {
    const { schema, introspection } = await this.#schemaOf(this.#scopeOf(asked));
    if (!introspection) throw new GraphQLError('Introspection is switched off');
    return printSchema(schema);
  }

  /** @throws GraphQLError | DocumentError for a document that is none of this schema. */
  async run(asked: GraphqlAsked): Promise<GraphqlAnswer> {
    const { request, readOnly } = asked;
    const scope = this.#scopeOf(asked);
    const { schema, introspection } = await this.#schemaOf(scope);
    const operation = parseOperation(request.query, request.operationName);
    // Values are judged by the use case, which tells every fault of an input in one form, or by what compiles tables.
    validateOperation(operation, schema, introspection, [ValuesOfCorrectTypeRule]);
    if (operation.isMutation && readOnly) {
      throw new GraphQLError('A GET request may not change anything: send mutations by POST');
    }
    const roots = rootsOf(operation);
    const { tables } = this.#options;
    const isUseCase = (name: string): boolean => this.#fields.has(name);
    const isTable = (name: string): boolean => !isUseCase(name) && !isMeta(name);
    const has = (is: (name: string) => boolean): boolean => roots.some(({ node }) => is(node.name.value));
    if (tables !== undefined && has(isTable) && !has(isUseCase) && !has((name) => /^__(schema|type)$/.test(name))) {
      // Rows of tables pass through as PostgreSQL wrote them.
      return tables.query({ ...asked, ...scope });
    }
    const tableDocument = keepRoots(operation, isTable, false);
    const metaDocument = keepRoots(operation, isMeta, false);
    const ownDocument = keepRoots(operation, isUseCase, true);
    const [ofTables, ofSchema, own] = await Promise.all([
      tableDocument === null || tables === undefined
        ? null
        : tables.query({ ...asked, ...scope, request: requestOf(tableDocument, request.variables) }),
      metaDocument === null ? null : execute({ schema, document: metaDocument, variableValues: request.variables }),
      ownDocument === null
        ? null
        : runUseCases({
            ...this.#options,
            asked,
            roots,
            document: ownDocument,
            schema: this.#executable,
            fields: this.#fields,
          }),
    ]);
    if (ofTables !== null && ofTables.status !== 200) return ofTables;
    // The data service answers JSON.
    const tablePart = ofTables === null ? null : (JSON.parse(ofTables.body.toString()) as PartialAnswer);
    return {
      status: 200,
      headers: { ...JSON_HEADERS, ...(own?.replayed === true ? { 'idempotency-replayed': 'true' } : {}) },
      body: JSON.stringify(joined(roots, [tablePart, ofSchema, own])),
    };
  }

  async #schemaOf(scope: TableScope): Promise<{ readonly schema: GraphQLSchema; readonly introspection: boolean }> {
    const { tables, suite } = this.#options;
    if (tables === undefined) return { schema: this.#alone, introspection: true };
    const { schema: base, introspection } = await tables.schemaOf(scope);
    const known = this.#withTables.get(base) ?? beside(base, suite);
    this.#withTables.set(base, known);
    return { schema: known, introspection };
  }

  /** Tables are read for the organisation that is asked for, as use cases are run for it. */
  #scopeOf({
    project,
    caller,
    invocation: { orgId },
  }: Pick<GraphqlAsked, 'project' | 'caller' | 'invocation'>): TableScope {
    const { schema } = this.#options.suite;
    if (orgId === undefined) return { project, caller, schema };
    if (!UUID.test(orgId)) throw commonErrors.orgMissing();
    const claims = { ...caller.claims, org: { id: orgId } };
    const claimsJson = JSON.stringify({ ...claims, role: caller.role });
    return { project, caller: { ...caller, claims, claimsJson }, schema };
  }
}

/** Use cases beside what reads tables; rows of a suite are written by its commands alone. */
function beside(tables: GraphQLSchema, suite: Suite): GraphQLSchema {
  const query = tables.getQueryType();
  // Those a field leads to by an interface only.
  const types = Object.values(tables.getTypeMap()).filter(
    (type) => isObjectType(type) && type.getInterfaces().length > 0,
  );
  const reads = new GraphQLSchema({ ...(query == null ? {} : { query }), types, assumeValid: true });
  return extendSchema(reads, parse(printSdl(suite, { extendsQuery: true })), {
    assumeValid: true,
    assumeValidSDL: true,
  });
}

function isMeta(name: string): boolean {
  return name.startsWith('__');
}

/** Parts of an answer as one, in the order of the document. */
function joined(roots: readonly Root[], parts: readonly (PartialAnswer | null)[]): PartialAnswer {
  const there = parts.filter((part) => part !== null);
  const errors = there.flatMap((part) => part.errors ?? []);
  const isRefused = there.some((part) => part.data === undefined);
  const data = roots.flatMap(({ key }) => {
    const part = there.find((one) => one.data !== null && one.data !== undefined && Object.hasOwn(one.data, key));
    return part === undefined ? [] : [[key, part.data?.[key]] as const];
  });
  // A part that failed as a whole has no members; GraphQL then has none either.
  const isGone = there.some((part) => part.data === null);
  return {
    ...(errors.length === 0 ? {} : { errors }),
    ...(isRefused && data.length === 0 ? {} : { data: isGone && data.length === 0 ? null : Object.fromEntries(data) }),
  };
}
