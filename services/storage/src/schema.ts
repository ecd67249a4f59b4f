import type { SchemaOwner } from '@ashlar/postgres';

/** The schema this service owns in every project's database. Alone, so that who only migrates loads nothing else. */
export const storageSchema: SchemaOwner = {
  name: 'storage',
  schema: 'storage',
  owner: 'supabase_storage_admin',
  runner: 'storage',
  migrations: new URL('../migrations/', import.meta.url),
};
