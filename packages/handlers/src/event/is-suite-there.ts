import type { ProjectDatabase } from '@ashlar/postgres';

/**
 * Whether a project has the suite, asked on a connection that is there anyway: to try its login costs the server a
 * process, for every event of a project that will never have it.
 */
export async function isSuiteThere(database: ProjectDatabase, suite: string): Promise<boolean> {
  const { length } = await database.call({
    login: 'authenticator',
    role: 'service_role',
    settings: [],
    readOnly: true,
    statement: { text: 'select from suites.installed where name = $1 and removed_at is null', values: [suite] },
    connection: 'shared',
  });
  return length > 0;
}
