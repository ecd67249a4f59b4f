import { migrateDatabase, type Cluster } from '@ashlar/postgres';
import type { Observe } from '@ashlar/telemetry';
import { schedulerSchema } from './scheduler-schema.ts';

/** Makes or upgrades the tables of jobs in the control database. Processes that start together wait for each other. */
export async function installJobs(cluster: Cluster, observe: Observe): Promise<void> {
  const admin = cluster.admin(cluster.control.database);
  await migrateDatabase({ admin, owners: [schedulerSchema], ownerRole: cluster.ownerRole, observe });
}
