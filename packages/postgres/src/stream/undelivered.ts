import { type AdminAccess, withAdmin } from '../cluster/admin-connection.ts';

/** Databases for whose durable consumers the server keeps log: somebody stopped without putting them to rest. */
export function databasesWithSlots(access: AdminAccess): Promise<readonly string[]> {
  return withAdmin(access, async (client) => {
    const { rows } = await client.query<{ database: string }>(
      `select distinct database::text as database from pg_replication_slots
        where slot_name = 'ashlar_' || datoid and not temporary`,
    );
    return rows.map(({ database }) => database);
  });
}

/** Whether one of these consumers has events to read in the event log of the database. */
export function hasConsumersBehind(access: AdminAccess, consumers: readonly string[]): Promise<boolean> {
  return withAdmin(access, async (client) => {
    const { rowCount } = await client.query(
      'select from events.consumers where behind and consumer = any ($1::text[]) limit 1',
      [consumers],
    );
    return (rowCount ?? 0) > 0;
  });
}
