import { restoreInstance } from '@ashlar/postgres';
import type { Command } from '../cli/command.ts';

export const command: Command = {
  usage: '<file>',
  positionals: [1, 1],
  about: [
    'Makes an instance from a backup file in the data folder, which must be empty or absent, and checks it: every file',
    'against its sum, and the databases by starting them once. ashlar start runs it then.',
  ].join('\n'),
  options: {},
  configGroups: ['instance'],

  async run({ config, terminal, positionals }) {
    const [file = ''] = positionals;
    const done = terminal.wait('Restoring …');
    const summary = await restoreInstance({ file, dataDir: config.instance.data }).finally(done);
    terminal.out(`Restored ${summary.manifest.entries} files into ${summary.dataDir}. ashlar start runs it.`);
    return 0;
  },
};
