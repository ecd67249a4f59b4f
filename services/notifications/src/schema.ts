import type { SchemaOwner } from '@ashlar/postgres';

/** The schema this service owns in every project's database. Alone, so that who only migrates loads nothing else. */
export const notificationsSchema: SchemaOwner = {
  name: 'notifications',
  schema: 'notifications',
  owner: 'notifications_owner',
  runner: 'notifications',
  migrations: new URL('../migrations/', import.meta.url),
};
