import { recordCommand } from '@ashlar/control';
import { basename } from 'node:path';
import { runScript } from '@ashlar/postgres';
import { DEFAULT_PROJECT } from '@ashlar/service';
import { cliErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { confirm, yesOption } from '../cli/confirm.ts';
import { chosenFolder, folderOption } from '../cli/folder-option.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { applyMigrations } from '../migrations/apply-migrations.ts';
import { listMigrations, readSql, seedFile } from '../migrations/migration-folder.ts';
import { describeSqlError, isServerError } from '../sql/describe-sql-error.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Drops the database of the project and makes it anew, then applies the migration files and the seed.sql beside',
    'their folder. Keys stay; rows and users are gone.',
  ].join('\n'),
  options: { ...yesOption, ...folderOption, ...projectOption },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { config, terminal } = invocation;
    const ref = chosenProject(invocation);
    if (config.postgres.databaseUrl !== null && ref === DEFAULT_PROJECT) throw cliErrors.resetExternal({ ref });
    const folder = chosenFolder(invocation);
    const migrations = listMigrations(folder);
    const seed = seedFile(folder);
    await confirm(
      invocation,
      `resetting project ${ref}`,
      `All rows and users of project ${ref} will be gone. Its keys stay.`,
      ref,
    );

    await withInstance(invocation, async ({ projects }) => {
      await recordCommand(projects.control, 'project.reset', ref);
      await projects.reset(ref);
      terminal.out(`Made the database of project ${ref} anew`);
      const opened = await projects.open(ref);
      await applyMigrations({
        opened,
        migrations,
        onApplied: ({ file }) => terminal.out(`Applied ${basename(file)}`),
      });
      if (seed === null) return;
      const script = readSql(seed);
      await runScript(opened.target, script).catch((error: unknown) => {
        if (!isServerError(error)) throw error;
        throw cliErrors.statementFailed({ message: `seed.sql: ${describeSqlError(error, script)}` }, { cause: error });
      });
      terminal.out('Ran seed.sql');
    });
    return 0;
  },
};
