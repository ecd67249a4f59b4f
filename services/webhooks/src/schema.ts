import type { SchemaOwner } from '@ashlar/postgres';

/** The schema this service owns in every project's database. Alone, so that who only migrates loads nothing else. */
export const webhooksSchema: SchemaOwner = {
  name: 'webhooks',
  schema: 'webhooks',
  owner: 'webhooks_owner',
  runner: 'webhooks',
  migrations: new URL('../migrations/', import.meta.url),
};
