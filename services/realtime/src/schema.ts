import type { SchemaOwner } from '@ashlar/postgres';

/** The schema this service owns in every project's database. Alone, so that who only migrates loads nothing else. */
export const realtimeSchema: SchemaOwner = {
  name: 'realtime',
  schema: 'realtime',
  owner: 'supabase_realtime_admin',
  runner: 'realtime',
  migrations: new URL('../migrations/', import.meta.url),
};
