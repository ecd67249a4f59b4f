import type { StatementResult } from '@ashlar/postgres';
import type { Command } from '../cli/command.ts';
import { chosenFolder, folderOption } from '../cli/folder-option.ts';
import { chosenFormat, outputOption } from '../cli/output-format.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { listMigrations, type Migration } from '../migrations/migration-folder.ts';
import { appliedMigrations, type AppliedMigration } from '../migrations/migration-ledger.ts';
import { formatResult } from '../sql/format-table.ts';

const FORMATS = ['text', 'json'] as const;

interface MigrationState {
  readonly version: string;
  readonly name: string;
  /** `missing`: applied, but its file is not in the folder. */
  readonly state: 'applied' | 'pending' | 'missing';
}

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Shows which migration files are applied to the project, and what was applied without a file here.',
  options: { ...outputOption(FORMATS), ...folderOption, ...projectOption },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const format = chosenFormat('migration status', invocation, FORMATS);
    const migrations = listMigrations(chosenFolder(invocation));
    const applied = await withInstance(invocation, async ({ projects }) => {
      const { project, ownerRole } = await projects.open(chosenProject(invocation));
      return project.database.transaction({ login: 'owner', role: ownerRole, readOnly: true }, appliedMigrations);
    });
    const states = compare(migrations, applied);
    invocation.terminal.out(format === 'json' ? JSON.stringify(states, null, 2) : formatResult(asTable(states)));
    return 0;
  },
};

function compare(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, AppliedMigration>,
): readonly MigrationState[] {
  const files = new Set(migrations.map(({ version }) => version));
  return [
    ...migrations.map(({ version, name }): MigrationState => {
      return { version, name, state: applied.has(version) ? 'applied' : 'pending' };
    }),
    ...[...applied.values()]
      .filter(({ version }) => !files.has(version))
      .map(({ version, name }): MigrationState => ({ version, name: name ?? '', state: 'missing' })),
  ];
}

const TEXT_OID = 25;

function asTable(states: readonly MigrationState[]): StatementResult {
  return {
    fields: ['version', 'name', 'state'].map((name) => ({ name, typeOid: TEXT_OID })),
    rows: states.map(({ version, name, state }) => [version, name, state]),
    command: 'SELECT',
    rowCount: states.length,
  };
}
