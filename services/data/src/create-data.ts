import type { Snapshots } from '@ashlar/postgres';
import type { Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { dataContract, GRAPHQL_PREFIX } from './data-contract.ts';
import { addGraphqlRoutes } from './graphql/graphql-routes.ts';
import { addRoutes } from './routes.ts';

export interface DataOptions {
  readonly observe: Observe;
  /** Of the projects this process serves; they stay whose they are. */
  readonly snapshots: Snapshots;
}

/** The data service: tables, views and functions of each request's project over REST and GraphQL. */
export function createData({ observe, snapshots }: DataOptions): Service {
  return {
    contract: dataContract,
    routes: (app) => {
      const add = app.prefix === GRAPHQL_PREFIX ? addGraphqlRoutes : addRoutes;
      add(app, { snapshots, observe });
    },
    close: async () => undefined,
  };
}
