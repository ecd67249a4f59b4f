import type { SchemaOwner } from '@ashlar/postgres';

/** Schema `scheduler` in the control database: the jobs of all projects. */
export const schedulerSchema: SchemaOwner = {
  name: 'scheduler',
  schema: 'scheduler',
  owner: 'scheduler_owner',
  runner: 'scheduler',
  migrations: new URL('../migrations/', import.meta.url),
};

/** Schema `jobs` in every project's database: what SQL says of jobs and schedules. */
export const jobsSchema: SchemaOwner = {
  name: 'jobs',
  schema: 'jobs',
  owner: 'scheduler_owner',
  runner: 'scheduler',
  migrations: new URL('../project-migrations/', import.meta.url),
};
