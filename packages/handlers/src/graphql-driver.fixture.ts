import { type AnyUseCase, must } from '@ashlar/kernel';
import { Client, fetchExchange, gql } from '@urql/core';
import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  type IntrospectionQuery,
  isObjectType,
} from 'graphql';
import type { Ask, HandlerDriver, Told } from './handler-drivers.fixture.ts';
import { camelName } from './input/contract-name.ts';

export interface GraphqlDriver extends HandlerDriver {
  /** What introspection told. */
  readonly schema: GraphQLSchema;
}

interface Extensions {
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
  readonly current?: unknown;
}

/** urql as an application has it; which fields there are to select it learns by introspection. */
export async function graphqlDriver(
  url: string,
  reader: Ask,
  identityOf: (ask: Ask) => Record<string, string>,
): Promise<GraphqlDriver> {
  const clientOf = (ask: Ask, told: (response: Response) => void = () => undefined): Client =>
    new Client({
      url,
      preferGetMethod: false,
      exchanges: [fetchExchange],
      requestPolicy: 'network-only',
      fetchOptions: {
        headers: {
          ...identityOf(ask),
          ...(ask.key === undefined ? {} : { 'idempotency-key': ask.key }),
          ...(ask.dryRun === true ? { 'ashlar-dry-run': 'true' } : {}),
        },
      },
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        told(response);
        return response;
      },
    });
  const { data, error } = await clientOf(reader).query(getIntrospectionQuery(), {}).toPromise();
  if (error !== undefined) throw error;
  const schema = buildClientSchema(data as IntrospectionQuery);
  return {
    name: 'GraphQL',
    offers: new Set(['dry run', 'key', 'replayed', 'current', 'anon']),
    schema,
    async call({ name: useCase, kind }: AnyUseCase, input: object, ask: Ask): Promise<Told> {
      const root = must(kind === 'query' ? schema.getQueryType() : schema.getMutationType(), kind ?? 'command');
      const name = camelName(useCase);
      const document = gql(documentOf(kind === 'query' ? 'query' : 'mutation', must(root.getFields()[name], name)));
      let replayed = false;
      const client = clientOf(ask, ({ headers }) => {
        replayed = headers.get('idempotency-replayed') === 'true';
      });
      const asked = kind === 'query' ? client.query(document, { input }) : client.mutation(document, { input });
      const result = await asked.toPromise();
      if (result.error === undefined) return { output: result.data[name], replayed };
      const [first] = result.error.graphQLErrors;
      if (first === undefined) throw result.error;
      const { code, errors = [], current } = first.extensions as Extensions;
      if (code === undefined) throw result.error;
      return { code, pointers: errors.map(({ pointer }) => pointer), ...(current === undefined ? {} : { current }) };
    },
  };
}

/** An operation of one field with everything it answers. */
function documentOf(operation: 'query' | 'mutation', { name, args, type }: GraphQLField<unknown, unknown>): string {
  const input = args.find((one) => one.name === 'input');
  const variables = input === undefined ? '' : `($input: ${String(input.type)})`;
  return `${operation} Do${variables} { ${name}${input === undefined ? '' : '(input: $input)'}${selectionOf(type)} }`;
}

function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).map((field) => field.name + selectionOf(field.type));
  return ` { ${fields.join(' ')} }`;
}
