import type { Snapshots } from '@ashlar/postgres';
import type { Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { dataContract } from './data-contract.ts';
import { addRoutes } from './routes.ts';

export interface DataOptions {
  readonly observe: Observe;
  /** Of the projects this process serves; they stay whose they are. */
  readonly snapshots: Snapshots;
}

/** The data service: tables, views and functions of each request's project over REST. */
export function createData({ observe, snapshots }: DataOptions): Service {
  return {
    contract: dataContract,
    routes: (app) => addRoutes(app, { snapshots, observe }),
    close: async () => undefined,
  };
}
