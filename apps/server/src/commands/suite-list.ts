import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Lists the suites there are, and which of them a project has.',
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const [{ listSuites }, { suites }] = await Promise.all([import('@ashlar/handlers'), import('../suites.ts')]);
    const installed = await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      return listSuites({ host: projects.hostOf(project.ref) }, project.ref);
    });
    for (const { name, title } of suites) {
      const found = installed.find((one) => one.name === name);
      const state = found === undefined ? '-' : found.removedAt === null ? 'added' : 'removed, data kept';
      invocation.terminal.out(`${name.padEnd(12)} ${state.padEnd(20)} ${title.en}`);
    }
    return 0;
  },
};
