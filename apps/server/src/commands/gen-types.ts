import { writeFileSync } from 'node:fs';
import { generateTypes, loadSnapshot, readProjectCatalogue } from '@ashlar/postgres';
import { cliErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Writes the TypeScript type Database that createClient<Database>() of supabase-js takes, to standard output or a',
    'file. It covers the schemas of --rest-schemas unless --schema names others.',
  ].join('\n'),
  options: {
    schema: { type: 'string', placeholder: '<schema>,…', about: 'Schemas to describe. [those of --rest-schemas]' },
    out: { type: 'string', placeholder: '<file>', about: 'File to write. [standard output]' },
    ...projectOption,
  },
  configGroups: ['instance', 'postgres', 'rest'],

  async run(invocation) {
    const { terminal, text } = invocation;
    const types = await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      const snapshot = await loadSnapshot(readProjectCatalogue(project.database), { version: 1 });
      const schemas = text('schema')?.split(',') ?? project.settings.rest.schemas;
      return generateTypes(snapshot, { schemas });
    });
    const file = text('out');
    if (file === undefined) {
      terminal.out(types.trimEnd());
      return 0;
    }
    try {
      writeFileSync(file, types);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw cliErrors.fileUnwritable({ file, reason }, { cause: error });
    }
    return 0;
  },
};
