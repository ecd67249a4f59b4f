import { recordCommand } from '@ashlar/control';
import type { Command } from '../cli/command.ts';
import { confirm, yesOption } from '../cli/confirm.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '<ref>',
  positionals: [1, 1],
  about: [
    'Removes a project for good: its database, files, logins and keys. A database on a server of its own stays there,',
    'without the logins, unless --drop-database says that it goes too.',
  ].join('\n'),
  options: {
    ...yesOption,
    'drop-database': { type: 'boolean', about: 'Also drop a database on a server of its own.' },
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const [ref = ''] = invocation.positionals;
    await confirm(
      invocation,
      `removing project ${ref}`,
      `All data, files, users and keys of project ${ref} will be gone. Other projects stay.`,
      ref,
    );
    await withInstance(invocation, async ({ projects }) => {
      await recordCommand(projects.control, 'project.purge', ref);
      await projects.remove(ref, { dropDatabase: invocation.isSet('drop-database') });
    });
    invocation.terminal.out(`Removed project ${ref}.`);
    return 0;
  },
};
