import type { SchemaOwner } from '@ashlar/postgres';

/** Schema `control` in the control database: the projects of the instance. */
export const controlSchema: SchemaOwner = {
  name: 'control',
  schema: 'control',
  owner: 'control_owner',
  runner: 'control',
  migrations: new URL('../migrations/', import.meta.url),
};
