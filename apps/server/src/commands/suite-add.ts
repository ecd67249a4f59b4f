import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { chosenSuites } from './chosen-suite.ts';

export const command: Command = {
  usage: '<suite> […]',
  positionals: [1, 20],
  about: [
    'Gives a project suites: their schemas, the roles they run as, and the roles people can be given. Repeating it brings',
    'them up to date. One that was removed finds its data again. With --with-demo a shop to look around in is filled by',
    'the commands of the suites; what was filled before is not filled twice. The contracts of a suite are registered; a',
    'project that was promised something else under their version refuses it.',
  ].join('\n'),
  options: {
    'with-demo': { type: 'boolean', about: 'Fill a demonstration shop, in English and Arabic.' },
    org: { type: 'string', placeholder: '<id>', about: 'Organisation the shop is of; by default the default one.' },
    ...projectOption,
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { terminal } = invocation;
    const chosen = await chosenSuites('suite add', invocation);
    const ref = chosenProject(invocation);
    const { createSuiteDesk } = await import('../suite-desk.ts');
    await withInstance(invocation, async ({ projects }) => {
      const desk = createSuiteDesk(projects);
      for (const { name } of chosen) {
        await desk.add(ref, name);
        terminal.out(`Added suite ${name} to project ${ref}.`);
      }
      if (!invocation.isSet('with-demo')) return;
      const done = terminal.wait('Filling the demonstration shop …');
      const names = chosen.map(({ name }) => name);
      await desk.fillDemo(ref, names, { via: 'cli', orgId: invocation.text('org') }).finally(done);
      terminal.out(`Filled the demonstration shop of project ${ref}.`);
    });
    return 0;
  },
};
