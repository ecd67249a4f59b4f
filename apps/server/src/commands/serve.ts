import { processEnvironment, startedByNpm } from '@ashlar/config';
import type { Command } from '../cli/command.ts';
import { cliErrors, usageErrors } from '../cli/cli-errors.ts';
import { runProcess } from '../process/run-process.ts';

export const command: Command = {
  usage: '<service>…',
  positionals: [1, 10],
  about: [
    'Runs some of the services in this process: gateway, data, control, identity, realtime, storage. Processes of one',
    'instance share DATABASE_URL, the key folder and the folder of files. The gateway reaches a service it does not run at',
    '--upstream-<service> and signs who asks;',
    'without the gateway a process runs one service, which answers to such signatures only.',
    '',
    '  ashlar serve data --port 8001',
    '  ashlar serve gateway identity --upstream-data http://127.0.0.1:8001',
  ].join('\n'),
  options: {},
  configGroups: [
    'instance',
    'server',
    'telemetry',
    'postgres',
    'split',
    'gateway',
    'rest',
    'auth',
    'mail',
    'control',
    'storage',
  ],

  async run({ config, terminal, positionals }) {
    const { GATEWAY, serviceNames } = await import('../composition.ts');
    const services = [...new Set(positionals)];
    for (const service of services) {
      if (serviceNames.includes(service)) continue;
      throw usageErrors.argumentsWrong({ command: 'serve', found: `"${service}"`, wanted: serviceNames.join(', ') });
    }
    if (services.length > 1 && !services.includes(GATEWAY)) {
      throw usageErrors.argumentsWrong({
        command: 'serve',
        found: services.join(' '),
        wanted: 'one service per process, or the gateway among them',
      });
    }
    if (config.postgres.databaseUrl === null) throw cliErrors.databaseUrlMissing();
    return runProcess({
      config,
      terminal,
      services,
      underNpm: startedByNpm(processEnvironment()),
      onReady: ({ url }) => {
        if (terminal.interactive) terminal.out(`${services.join(', ')} at ${url}`);
      },
    });
  },
};
