import type { ProjectRecord } from '@ashlar/control';
import type { StatementResult } from '@ashlar/postgres';
import type { Command } from '../cli/command.ts';
import { chosenFormat, outputOption } from '../cli/output-format.ts';
import { withInstance } from '../instance/with-instance.ts';
import { formatResult } from '../sql/format-table.ts';

const FORMATS = ['text', 'json'] as const;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Lists the projects of the instance, the oldest first.',
  options: outputOption(FORMATS),
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const format = chosenFormat('project list', invocation, FORMATS);
    const projects = await withInstance(invocation, (instance) => instance.projects.list());
    const { terminal } = invocation;
    if (format === 'json') terminal.out(JSON.stringify(projects.map(describe), null, 2));
    else terminal.out(formatResult(asTable(projects)));
    return 0;
  },
};

function describe({
  ref,
  name,
  status,
  databaseServer,
  migratedAt,
  migrationError,
  createdAt,
}: ProjectRecord): Record<string, unknown> {
  return { ref, name, status, databaseServer, createdAt, migratedAt, migrationError };
}

const TEXT_OID = 25;

function asTable(projects: readonly ProjectRecord[]): StatementResult {
  return {
    fields: ['ref', 'name', 'status', 'created'].map((name) => ({ name, typeOid: TEXT_OID })),
    rows: projects.map(({ ref, name, status, migrationError, createdAt }) => [
      ref,
      name,
      migrationError === null ? status : `${status}, migration failed`,
      createdAt.toISOString(),
    ]),
    command: 'SELECT',
    rowCount: projects.length,
  };
}
