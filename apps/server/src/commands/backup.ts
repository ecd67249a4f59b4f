import { backupInstance } from '@ashlar/postgres';
import type { Command } from '../cli/command.ts';
import { withInstance } from '../instance/with-instance.ts';

const BYTES_PER_MIB = 2 ** 20;

export const command: Command = {
  usage: '<file>',
  positionals: [1, 1],
  about: [
    'Copies the whole instance into one file: every database as of the end of the copy, keys and files. Clients go on',
    'reading and writing meanwhile. The file holds all secrets of the instance: keep it as closed as the instance.',
  ].join('\n'),
  options: {},
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { config, terminal, positionals } = invocation;
    const [file = ''] = positionals;
    const summary = await withInstance(invocation, async ({ cluster }) => {
      const done = terminal.wait('Copying …');
      return backupInstance({ cluster, dataDir: config.instance.data, file }).finally(done);
    });
    const size = (summary.fileBytes / BYTES_PER_MIB).toFixed(1);
    const seconds = (summary.durationMs / 1000).toFixed(1);
    terminal.out(`Wrote ${summary.file}: ${summary.entries} files, ${size} MiB, in ${seconds} s.`);
    return 0;
  },
};
