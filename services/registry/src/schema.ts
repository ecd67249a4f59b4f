import type { SchemaOwner } from '@ashlar/postgres';

/** The schema this service owns in every project's database. Alone, so that who only migrates loads nothing else. */
export const registrySchema: SchemaOwner = {
  name: 'registry',
  schema: 'registry',
  owner: 'registry_owner',
  runner: 'registry',
  migrations: new URL('../migrations/', import.meta.url),
};
