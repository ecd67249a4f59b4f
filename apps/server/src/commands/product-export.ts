import { randomUUID } from 'node:crypto';
import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { administrator } from './administrator.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Prints what is not archived of the catalogue as CSV, in the columns `product import` reads. Cells that a spreadsheet',
    'would take for a formula begin with an apostrophe; an import takes it off again.',
  ].join('\n'),
  options: {
    org: { type: 'string', placeholder: '<id>', about: 'Organisation to act for; by default the default one.' },
    ...projectOption,
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const [{ createUseCases }, { suites }, { exportFile, exportProducts }] = await Promise.all([
      import('@ashlar/handlers'),
      import('../suites.ts'),
      import('@ashlar/suite-product'),
    ]);
    const useCases = createUseCases({ suites });
    await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      const as = { database: project.database, caller: administrator, via: 'cli' } as const;
      const ask = async (input: object) => {
        const asked = { ...as, requestId: randomUUID(), orgId: invocation.text('org') };
        const { output } = await useCases.invoke(exportProducts.name, input, asked);
        return exportProducts.output.parse(output);
      };
      for await (const line of exportFile(ask)) invocation.terminal.out(line.trimEnd());
    });
    return 0;
  },
};
