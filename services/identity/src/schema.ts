import type { SchemaOwner } from '@ashlar/postgres';

/** The schema this service owns in every project's database. Alone, so that who only migrates loads nothing else. */
export const identitySchema: SchemaOwner = {
  name: 'identity',
  schema: 'auth',
  owner: 'supabase_auth_admin',
  runner: 'identity',
  migrations: new URL('../migrations/', import.meta.url),
};
