import type { Suite } from '@ashlar/kernel';
import type { SchemaOwner } from '@ashlar/postgres';

/** What a project has before any suite; after the schema of accounts, whose organisations it asks about. */
export const suitesSchema: SchemaOwner = {
  name: 'suites',
  schema: 'suites',
  owner: 'suites_owner',
  runner: 'suite_runner',
  migrations: new URL('../migrations/', import.meta.url),
};

/** A suite's claim on its schema. */
export function schemaOwnerOf({ name, schema, migrations }: Suite): SchemaOwner {
  return { name, schema, owner: `${name}_owner`, runner: name, migrations };
}
