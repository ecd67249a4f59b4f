import { usageErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '<access key ID>',
  positionals: [1, 1],
  about: 'Ends an access key of the S3 protocol; requests and addresses signed with it are refused from now on.',
  options: projectOption,
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const [id = ''] = invocation.positionals;
    const { revokeAccessKey } = await import('@ashlar/storage');
    const isRevoked = await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      return revokeAccessKey(project, id);
    });
    if (!isRevoked) {
      const wanted = 'an ID that `ashlar storage keys list` shows';
      throw usageErrors.argumentsWrong({ command: 'storage keys revoke', found: `"${id}"`, wanted });
    }
    invocation.terminal.out(`Revoked ${id}.`);
    return 0;
  },
};
