import { controlErrors, openKeyStore } from '@ashlar/control';
import { cliErrors } from '../cli/cli-errors.ts';
import { DEFAULT_PROJECT } from '@ashlar/service';
import type { Command, Invocation } from '../cli/command.ts';
import { chosenFormat, outputOption } from '../cli/output-format.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { instancePaths } from '../instance/instance-paths.ts';
import { projectAccess } from '../instance/project-access.ts';
import { withInstance } from '../instance/with-instance.ts';
import { readRunState } from '../instance/run-state.ts';

const FORMATS = ['text', 'json', 'env'] as const;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: 'Shows addresses, keys and process of the running instance. Exit code 1 when it does not run.',
  options: { ...outputOption(FORMATS), ...projectOption },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const { config, terminal } = invocation;
    const format = chosenFormat('status', invocation, FORMATS);
    const paths = instancePaths(config.instance.data);
    const state = readRunState(paths.run);
    if (state === null) throw cliErrors.notRunning({ folder: paths.data });
    const ref = chosenProject(invocation);
    const secrets = await openKeyStore({ folder: paths.keys, now: () => new Date() }).project(ref);
    if (secrets === null) throw controlErrors.projectUnknown({ ref });

    const server = ref === DEFAULT_PROJECT ? null : await serverOf(invocation, ref);
    const status = {
      ...projectAccess(ref, state, secrets, server),
      dataDir: paths.data,
      pid: state.pid,
      version: state.version,
    };
    if (format === 'json') terminal.out(JSON.stringify(status, null, 2));
    else if (format === 'env') terminal.out(asEnvironment(status));
    else terminal.out(asText(status));
    return 0;
  },
};

/** Only the control database knows of servers of their own. */
function serverOf(invocation: Invocation, ref: string): Promise<string | null> {
  return withInstance(
    invocation,
    async ({ projects }) => (await projects.list()).find((project) => project.ref === ref)?.databaseServer ?? null,
  );
}

type Status = Readonly<Record<string, string | number>>;

const LABELS: Readonly<Record<string, string>> = {
  apiUrl: 'API URL',
  dbUrl: 'Database URL',
  anonKey: 'Anon key',
  serviceRoleKey: 'Service role key',
  publishableKey: 'Publishable key',
  secretKey: 'Secret key',
  jwtSecret: 'JWT secret',
  dataDir: 'Data folder',
  pid: 'Process',
  version: 'Version',
};

function asText(status: Status): string {
  const width = Math.max(...Object.values(LABELS).map((label) => label.length));
  return Object.entries(status)
    .map(([name, value]) => `${(LABELS[name] ?? name).padStart(width)}: ${value}`)
    .join('\n');
}

/** `API_URL="…"` lines, as shells and .env readers take them; none of the values holds a quote. */
function asEnvironment(status: Status): string {
  return Object.entries(status)
    .map(([name, value]) => `${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}="${value}"`)
    .join('\n');
}
