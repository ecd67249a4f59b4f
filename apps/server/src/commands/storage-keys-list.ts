import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Lists the access keys of the S3 protocol, without their secrets.',
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { listAccessKeys } = await import('@ashlar/storage');
    const keys = await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      return listAccessKeys(project);
    });
    for (const { id, description, created_at: createdAt } of keys) {
      invocation.terminal.out(`${id}  ${new Date(createdAt).toISOString()}  ${description}`.trimEnd());
    }
    return 0;
  },
};
