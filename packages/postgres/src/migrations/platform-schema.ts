import type { SchemaOwner } from './schema-owner.ts';

/**
 * What every project's database has before any service: the schemas and grants clients expect, the event log, and
 * the announcement of DDL. First in every list of owners. The control database does without: no client connects there.
 */
export const platformSchema: SchemaOwner = {
  name: 'platform',
  schema: 'events',
  owner: 'events_owner',
  runner: 'ashlar_platform',
  migrations: new URL('../../migrations/project/', import.meta.url),
};
