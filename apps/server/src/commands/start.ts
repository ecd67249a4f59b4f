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
  configGroups: [
    'instance',
    'server',
    'telemetry',
    'postgres',
    'gateway',
    'keys',
    'rest',
    'auth',
    'mail',
    'control',
    'storage',
  ],

  async run({ config, terminal }) {
    const underNpm = startedByNpm(processEnvironment());
    const done = terminal.wait('Starting …');
    try {
      return await runProcess({
        config,
        terminal,
        services: 'all',
        underNpm,
        onReady: (state, readyInMs, setupUrl) => {
          done();
          greet(terminal, state, { data: config.instance.data, readyInMs, setupUrl, underNpm });
        },
      });
    } finally {
      done();
    }
  },
};

interface Greeting {
  readonly data: string;
  readonly readyInMs: number;
  readonly setupUrl: string | null;
  readonly underNpm: boolean;
}

/** For eyes only: machines read the log line that says the same, and a summary among JSON lines would break their parser. */
function greet(terminal: Terminal, state: RunState, { data, readyInMs, setupUrl, underNpm }: Greeting): void {
  if (!terminal.interactive) return;
  const { host, port, defaultDatabase } = state.postgres;
  const ashlar = underNpm ? 'npm run -s ashlar --' : 'ashlar';
  const rows = [
    ['API', terminal.paint('bold', state.publicUrl)],
    ...(state.grpcPort === undefined ? [] : [['gRPC', `port ${state.grpcPort}`]]),
    ['Database', `postgresql://${host}:${port}/${defaultDatabase}`],
    ['Keys', `${relative(process.cwd(), data) || '.'}/keys/default.json`],
    ...(setupUrl === null ? [] : [['Set up', `${setupUrl} makes the owner, once`]]),
    ['Next', `${ashlar} status shows the keys; examples/todo is a first program`],
  ];
  const seconds = (readyInMs / 1000).toFixed(1);
  terminal.out(`\n${terminal.paint('green', '●')} Ashlar ${state.version} is running, ready in ${seconds} s\n`);
  for (const [name = '', value] of rows) terminal.out(`  ${terminal.paint('dim', name.padEnd(10))}${value}`);
  terminal.out('');
}
