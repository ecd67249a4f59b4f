import type { Command } from '../cli/command.ts';
import { confirm, yesOption } from '../cli/confirm.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { chosenSuite } from './chosen-suite.ts';

export const command: Command = {
  usage: '<suite>',
  positionals: [1, 1],
  about: 'Takes a suite from a project: it answers no more. Its data stays unless --with-data is given.',
  options: {
    'with-data': { type: 'boolean', about: 'Delete everything the suite stored in the project, for good.' },
    ...projectOption,
    ...yesOption,
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const suite = await chosenSuite('suite remove', invocation);
    const withData = invocation.isSet('with-data');
    const ref = chosenProject(invocation);
    if (withData) {
      await confirm(
        invocation,
        `removing suite ${suite.name} with its data`,
        `Everything suite ${suite.name} stored in project ${ref} will be gone.`,
        suite.name,
      );
    }
    const { createSuiteDesk } = await import('../suite-desk.ts');
    await withInstance(invocation, ({ projects }) => createSuiteDesk(projects).remove(ref, suite.name, { withData }));
    invocation.terminal.out(`Removed suite ${suite.name} from project ${ref}${withData ? ' with its data' : ''}.`);
    return 0;
  },
};
