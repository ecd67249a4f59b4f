import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '[description]',
  positionals: [0, 1],
  about: [
    'Makes an access key for the S3 protocol and prints it with its secret, which is not shown again. Whoever has both',
    'reads and writes every file of the project, as the service_role key does.',
  ].join('\n'),
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const [description = ''] = invocation.positionals;
    const { createAccessKey } = await import('@ashlar/storage');
    const key = await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      return createAccessKey(project, description.slice(0, 200));
    });
    invocation.terminal.out(`Access key ID:     ${key.id}\nSecret access key: ${key.secret}`);
    return 0;
  },
};
