import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { chosenSuite } from './chosen-suite.ts';

export const command: Command = {
  usage: '<suite>',
  positionals: [1, 1],
  about: [
    'Gives a project a suite: its schema, the roles it runs as, and the roles people can be given. Repeating it brings',
    'the suite up to date. One that was removed finds its data again.',
  ].join('\n'),
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const suite = await chosenSuite('suite add', invocation);
    const { addSuite } = await import('@ashlar/handlers');
    const ref = await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      await addSuite({ host: projects.hostOf(project.ref), observe: () => undefined }, project.ref, suite);
      return project.ref;
    });
    invocation.terminal.out(`Added suite ${suite.name} to project ${ref}.`);
    return 0;
  },
};
