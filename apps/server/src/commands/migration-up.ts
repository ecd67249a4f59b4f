import { basename, relative } from 'node:path';
import type { Command } from '../cli/command.ts';
import { chosenFolder, folderOption } from '../cli/folder-option.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { applyMigrations } from '../migrations/apply-migrations.ts';
import { listMigrations } from '../migrations/migration-folder.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Applies the migration files that are not applied yet, in order, as the owner of the project. Each file is one',
    'transaction, unless it holds something PostgreSQL refuses there, such as CREATE INDEX CONCURRENTLY. What was',
    'applied is recorded in supabase_migrations.schema_migrations.',
  ].join('\n'),
  options: { ...folderOption, ...projectOption },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { terminal } = invocation;
    const folder = chosenFolder(invocation);
    const migrations = listMigrations(folder);
    const count = await withInstance(invocation, async ({ projects }) =>
      applyMigrations({
        opened: await projects.open(chosenProject(invocation)),
        migrations,
        onApplied: ({ file }) => terminal.out(`Applied ${basename(file)}`),
      }),
    );
    const where = relative(process.cwd(), folder) || '.';
    if (count === 0) terminal.out(`Nothing to apply: ${migrations.length} migrations in ${where}, all applied.`);
    return 0;
  },
};
