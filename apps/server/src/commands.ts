import type { CommandEntry } from './cli/command.ts';

/** Every command, in the order the help shows them. Their code is loaded when they are called. */
export const commands: readonly CommandEntry[] = [
  { name: 'start', summary: 'Run all services beside a PostgreSQL.', load: () => import('./commands/start.ts') },
  { name: 'serve', summary: 'Run some of the services in this process.', load: () => import('./commands/serve.ts') },
  {
    name: 'status',
    summary: 'Show addresses and keys of the running instance.',
    load: () => import('./commands/status.ts'),
  },
  { name: 'stop', summary: 'Stop the running instance.', load: () => import('./commands/stop.ts') },
  { name: 'sql', summary: 'Run SQL as the owner of a project.', load: () => import('./commands/sql.ts') },
  { name: 'project create', summary: 'Make a project.', load: () => import('./commands/project-create.ts') },
  { name: 'project list', summary: 'List the projects.', load: () => import('./commands/project-list.ts') },
  {
    name: 'project remove',
    summary: 'Remove a project with all its data.',
    load: () => import('./commands/project-remove.ts'),
  },
  {
    name: 'setup-link',
    summary: 'Print a link that makes the first owner.',
    load: () => import('./commands/setup-link.ts'),
  },
  {
    name: 'secrets rotate',
    summary: 'Let a new master key wrap the secrets.',
    load: () => import('./commands/secrets-rotate.ts'),
  },
  {
    name: 'keys rotate',
    summary: 'Let a new key sign the access tokens.',
    load: () => import('./commands/keys-rotate.ts'),
  },
  {
    name: 'migration new',
    summary: 'Write an empty migration file.',
    load: () => import('./commands/migration-new.ts'),
  },
  {
    name: 'migration up',
    summary: 'Apply the migration files that are not applied yet.',
    load: () => import('./commands/migration-up.ts'),
  },
  {
    name: 'migration status',
    summary: 'Show which migration files are applied.',
    load: () => import('./commands/migration-status.ts'),
  },
  {
    name: 'db reset',
    summary: 'Empty the database, then apply migrations and seed.sql.',
    load: () => import('./commands/db-reset.ts'),
  },
  {
    name: 'gen types',
    summary: 'Write the Database type for supabase-js.',
    load: () => import('./commands/gen-types.ts'),
  },
  { name: 'lint', summary: 'Look for leaks and slow spots in the database.', load: () => import('./commands/lint.ts') },
  { name: 'suite add', summary: 'Give a project a suite.', load: () => import('./commands/suite-add.ts') },
  { name: 'suite list', summary: 'List the suites of a project.', load: () => import('./commands/suite-list.ts') },
  { name: 'suite remove', summary: 'Take a suite from a project.', load: () => import('./commands/suite-remove.ts') },
  {
    name: 'product import',
    summary: 'Import products from a table in a file.',
    load: () => import('./commands/product-import.ts'),
  },
  {
    name: 'product export',
    summary: 'Print the catalogue as a table.',
    load: () => import('./commands/product-export.ts'),
  },
  { name: 'call', summary: 'Call a use case of a suite.', load: () => import('./commands/call.ts') },
  { name: 'sagas list', summary: 'List business processes.', load: () => import('./commands/sagas-list.ts') },
  { name: 'sagas show', summary: 'Show a business process.', load: () => import('./commands/sagas-show.ts') },
  {
    name: 'sagas retry',
    summary: 'Try failing steps of a business process again.',
    load: () => import('./commands/sagas-retry.ts'),
  },
  { name: 'sagas undo', summary: 'Have a business process undone.', load: () => import('./commands/sagas-undo.ts') },
  {
    name: 'sagas settle',
    summary: 'Settle a task of a business process.',
    load: () => import('./commands/sagas-settle.ts'),
  },
  { name: 'storage ls', summary: 'List buckets and files.', load: () => import('./commands/storage-ls.ts') },
  { name: 'storage cp', summary: 'Copy files to and from buckets.', load: () => import('./commands/storage-cp.ts') },
  { name: 'storage rm', summary: 'Remove files from buckets.', load: () => import('./commands/storage-rm.ts') },
  {
    name: 'storage sweep',
    summary: 'Remove files that belong to no object.',
    load: () => import('./commands/storage-sweep.ts'),
  },
  { name: 'jobs list', summary: 'List the jobs of a project.', load: () => import('./commands/jobs-list.ts') },
  { name: 'jobs show', summary: 'Show one job.', load: () => import('./commands/jobs-show.ts') },
  { name: 'jobs retry', summary: 'Let a failed job begin anew.', load: () => import('./commands/jobs-retry.ts') },
  { name: 'jobs cancel', summary: 'End a job.', load: () => import('./commands/jobs-cancel.ts') },
  {
    name: 'storage keys create',
    summary: 'Make an access key for the S3 protocol.',
    load: () => import('./commands/storage-keys-create.ts'),
  },
  {
    name: 'storage keys list',
    summary: 'List the access keys of the S3 protocol.',
    load: () => import('./commands/storage-keys-list.ts'),
  },
  {
    name: 'storage keys revoke',
    summary: 'End an access key of the S3 protocol.',
    load: () => import('./commands/storage-keys-revoke.ts'),
  },
  {
    name: 'backup',
    summary: 'Copy the running or resting instance into one file.',
    load: () => import('./commands/backup.ts'),
  },
  { name: 'restore', summary: 'Make an instance from a backup file.', load: () => import('./commands/restore.ts') },
];
