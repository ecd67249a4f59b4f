import { relative } from 'node:path';
import { processEnvironment, startedByNpm } from '@ashlar/config';
import type { Command } from '../cli/command.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { RunState } from '../instance/run-state.ts';
import { runProcess } from '../process/run-process.ts';

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Runs all services in this process beside an embedded PostgreSQL, or beside the one DATABASE_URL names, until',
    'Ctrl-C. An empty folder becomes an instance: database, keys and the default project are made.',
  ].join('\n'),
  options: {},
  configGroups: ['instance', 'server', 'telemetry', 'postgres', 'gateway', 'keys', 'rest', 'auth'],

  async run({ config, terminal }) {
    const { serviceNames } = await import('../composition.ts');
    const done = terminal.wait('Starting …');
    try {
      return await runProcess({
        config,
        terminal,
        services: serviceNames,
        mode: 'start',
        underNpm: startedByNpm(processEnvironment()),
        onReady: (state, readyInMs) => {
          done();
          greet(terminal, state, config.instance.data, readyInMs);
        },
      });
    } finally {
      done();
    }
  },
};

function greet(terminal: Terminal, state: RunState, data: string, readyInMs: number): void {
  const seconds = (readyInMs / 1000).toFixed(1);
  // Machines read the log line that says the same; a summary among JSON lines would only break their parser.
  if (!terminal.interactive) return;
  const { host, port, defaultDatabase } = state.postgres;
  const rows = [
    ['API', terminal.paint('bold', state.publicUrl)],
    ['Database', `postgresql://${host}:${port}/${defaultDatabase}`],
    ['Keys', `${relative(process.cwd(), data) || '.'}/keys/default.json`],
    ['Next', 'ashlar status shows the keys; examples/todo is a first program'],
  ];
  terminal.out(`\n${terminal.paint('green', '●')} Ashlar ${state.version} is running, ready in ${seconds} s\n`);
  for (const [name = '', value] of rows) terminal.out(`  ${terminal.paint('dim', name.padEnd(10))}${value}`);
  terminal.out('');
}
