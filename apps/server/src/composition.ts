import type { Config } from '@ashlar/config';
import { createData, dataContract } from '@ashlar/data';
import { createIdentity, identityContract } from '@ashlar/identity';
import { platformSchema, type SchemaOwner, type Snapshots } from '@ashlar/postgres';
import type { Service, ServiceContract } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';

/** What the process lends its services; each takes what it needs. */
export interface ServiceDependencies {
  readonly observe: Observe;
  readonly snapshots: Snapshots;
}

export interface ServiceModule {
  readonly contract: ServiceContract;
  readonly create: (dependencies: ServiceDependencies) => Service;
  /** Where it runs when the gateway's process does not run it. */
  readonly upstream: (config: Config) => string | null;
}

/** Every service behind the gateway, once: which of them run in a process is decided by its command. */
export const serviceModules: readonly ServiceModule[] = [
  { contract: dataContract, create: createData, upstream: ({ split }) => split.upstreamData },
  { contract: identityContract, create: createIdentity, upstream: ({ split }) => split.upstreamIdentity },
];

export const GATEWAY = 'gateway';

/** What `ashlar serve` can run. */
export const serviceNames: readonly string[] = [GATEWAY, ...serviceModules.map(({ contract }) => contract.name)];

/** Who owns a schema in every project's database, in the order of their migrations. */
export const schemaOwners: readonly SchemaOwner[] = [
  platformSchema,
  ...serviceModules.flatMap(({ contract }) => contract.schema ?? []),
];
