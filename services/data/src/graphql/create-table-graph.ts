import type { TableGraph } from '@ashlar/graphql';
import type { Snapshots } from '@ashlar/postgres';
import type { OperationRunner } from './execute/run-operation.ts';

/** Tables of any schema for those who answer GraphQL beside this service: the same compiler, roles and bounds. */
export function createTableGraph(snapshots: Snapshots): TableGraph {
  let runner: Promise<OperationRunner> | undefined;
  // Loads with the first operation, as it does here.
  const loaded = (): Promise<OperationRunner> =>
    (runner ??= import('./execute/run-operation.ts').then((module) => new module.OperationRunner(snapshots)));
  return {
    async schemaOf({ project, caller, schema }) {
      const { whole, model } = await (await loaded()).schemaOf(project, caller.role, [schema]);
      return { schema: whole, introspection: model.introspection };
    },
    async query({ project, caller, schema, request, headers, trace, signalOfClient }) {
      try {
        return await (
          await loaded()
        ).run({
          project,
          caller,
          request,
          schemas: [schema],
          facts: { caller, method: 'POST', path: '/graphql', headers, trace },
          readOnly: true,
          key: undefined,
          signalOfClient,
        });
      } catch (error) {
        const [{ graphqlFailureOf }, { renderGraphqlFailure }] = await Promise.all([
          import('./graphql-failure.ts'),
          import('./render-graphql-failure.ts'),
        ]);
        const known = graphqlFailureOf(error);
        if (known === null) throw error;
        return renderGraphqlFailure(known);
      }
    },
  };
}
