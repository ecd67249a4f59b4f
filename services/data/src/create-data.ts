import { createSnapshots, type Snapshots } from '@ashlar/postgres';
import type { Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { dataContract } from './data-contract.ts';
import { addRoutes } from './routes.ts';

export interface DataOptions {
  readonly observe: Observe;
  /** Given when others in the process follow the schemas too; it then stays theirs to close. */
  readonly snapshots?: Snapshots;
}

/** The data service: tables, views and functions of each request's project over REST. */
export function createData({ observe, snapshots: given }: DataOptions): Service {
  const snapshots = given ?? createSnapshots({ observe });
  return {
    contract: dataContract,
    routes: (app) => addRoutes(app, { snapshots, observe }),
    close: async () => {
      if (given === undefined) await snapshots.close();
    },
  };
}
