import { rotateMasterKey } from '@ashlar/control';
import type { Command } from '../cli/command.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Makes a new master key, in the key folder or in the vault, wraps the data key of every project with it and forgets',
    'the one before. Running processes follow without a restart; cut off anywhere, it can be run again.',
  ].join('\n'),
  options: {},
  configGroups: ['instance', 'postgres', 'control'],

  async run(invocation) {
    const count = await withInstance(invocation, ({ projects, masterKeys }) =>
      rotateMasterKey(projects.control, masterKeys),
    );
    invocation.terminal.out(`A new master key wraps ${count} data keys. Backups from before need the former one.`);
    return 0;
  },
};
