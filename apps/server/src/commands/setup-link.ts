import { makeSetupToken } from '@ashlar/control';
import type { Command } from '../cli/command.ts';
import { instancePaths } from '../instance/instance-paths.ts';
import { readRunState } from '../instance/run-state.ts';
import { setupAddress } from '../instance/setup-address.ts';
import { withInstance } from '../instance/with-instance.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Prints a link with which the first owner of the instance is made, as long as there is none. The link before it is',
    'worth nothing any more; this one ends when it is used, or after a week.',
  ].join('\n'),
  options: {},
  configGroups: ['instance', 'postgres', 'gateway'],

  async run(invocation) {
    const { config, terminal } = invocation;
    const token = await withInstance(invocation, ({ projects }) => makeSetupToken(projects.control));
    const running = readRunState(instancePaths(config.instance.data).run);
    const publicUrl = config.gateway.publicUrl ?? running?.publicUrl ?? `http://127.0.0.1:${config.server.port}`;
    terminal.out(setupAddress(publicUrl, token));
    return 0;
  },
};
