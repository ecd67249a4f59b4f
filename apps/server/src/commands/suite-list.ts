import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

const STATES = { available: '-', added: 'added', removed: 'removed, data kept' } as const;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Lists the suites there are, and which of them a project has.',
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { createSuiteDesk } = await import('../suite-desk.ts');
    const found = await withInstance(invocation, ({ projects }) =>
      createSuiteDesk(projects).list(chosenProject(invocation)),
    );
    for (const { name, state, title } of found) {
      invocation.terminal.out(`${name.padEnd(12)} ${STATES[state].padEnd(20)} ${title['en'] ?? ''}`);
    }
    return 0;
  },
};
