import { must } from '@ashlar/kernel';
import { type Client, DatabaseError } from 'pg';
import { INSUFFICIENT_PRIVILEGE } from '../cluster/ensure-roles.ts';

/** What a server somebody else runs is and lets our login do. */
export interface ServerFacts {
  /** `server_version_num`. */
  readonly version: number;
  readonly walLevel: string;
  readonly superuser: boolean;
  readonly createRole: boolean;
  readonly createDatabase: boolean;
  readonly replication: boolean;
  readonly eventTriggers: boolean;
  /** The role named `postgres` is somebody's login or a superuser: projects cannot share it. */
  readonly postgresRoleTaken: boolean;
}

const FACTS_SQL = `
  SELECT current_setting('server_version_num')::int AS version,
         current_setting('wal_level') AS "walLevel",
         r.rolsuper AS superuser,
         r.rolsuper OR r.rolcreaterole AS "createRole",
         r.rolsuper OR r.rolcreatedb AS "createDatabase",
         r.rolsuper OR r.rolreplication AS replication,
         EXISTS (SELECT FROM pg_roles p WHERE p.rolname = 'postgres' AND (p.rolsuper OR p.rolcanlogin))
           AS "postgresRoleTaken"
    FROM pg_roles r
   WHERE r.rolname = current_user`;

/** Asks the server, changing nothing. */
export async function inspectServer(client: Client): Promise<ServerFacts> {
  const { rows } = await client.query<Omit<ServerFacts, 'eventTriggers'>>(FACTS_SQL);
  return { ...must(rows[0], 'the role we are logged in as'), eventTriggers: await mayMakeEventTriggers(client) };
}

/**
 * Tries it and undoes it: plain servers give this right to superusers alone, managed ones to roles of their own, and
 * no catalogue says so.
 */
async function mayMakeEventTriggers(client: Client): Promise<boolean> {
  await client.query('BEGIN');
  try {
    await client.query(`
      CREATE FUNCTION pg_temp.ashlar_probe() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE EVENT TRIGGER ashlar_probe ON ddl_command_end EXECUTE FUNCTION pg_temp.ashlar_probe()`);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE) return false;
    throw error;
  } finally {
    await client.query('ROLLBACK');
  }
}
