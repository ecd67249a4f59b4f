import { randomUUID } from 'node:crypto';
import { text as readAll } from 'node:stream/consumers';
import { usageErrors } from '../cli/cli-errors.ts';
import type { Command, Invocation } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { administrator } from './administrator.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const command: Command = {
  usage: '<suite.use-case>',
  positionals: [1, 1],
  about: [
    'Calls a use case of a suite and prints its result as JSON. A refusal is printed as JSON to the error stream, and',
    'the exit code is 1.',
  ].join('\n'),
  options: {
    json: { type: 'string', placeholder: '<json>', about: 'The input; - is standard input. [{}]' },
    org: { type: 'string', placeholder: '<id>', about: 'Organisation to act for; by default the default one.' },
    user: { type: 'string', placeholder: '<id>', about: 'User to act as, with no more than this user may do.' },
    key: { type: 'string', placeholder: '<key>', about: 'Repeating a command with its key does it once.' },
    'dry-run': { type: 'boolean', about: 'Do everything, answer, and undo it.' },
    ...projectOption,
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const [name = ''] = invocation.positionals;
    const [{ callUseCase, createUseCases, projectSealer }, { suites }] = await Promise.all([
      import('@ashlar/handlers'),
      import('../suites.ts'),
    ]);
    const user = invocation.text('user');
    if (user !== undefined && !UUID.test(user)) {
      throw usageErrors.argumentsWrong({ command: 'call', found: `--user ${user}`, wanted: 'the id of a user' });
    }
    const json = await readInput(invocation);
    const called = await withInstance(invocation, async ({ projects }) => {
      const { project } = await projects.open(chosenProject(invocation));
      const useCases = createUseCases({ suites, sealerOf: () => projectSealer(project) });
      return callUseCase(useCases, name, json, {
        database: project.database,
        caller: user === undefined ? administrator : { role: 'authenticated', claims: { sub: user } },
        via: 'cli',
        requestId: randomUUID(),
        orgId: invocation.text('org'),
        idempotencyKey: invocation.text('key'),
        dryRun: invocation.isSet('dry-run'),
      });
    });
    if (called.exitCode === 0) invocation.terminal.out(JSON.stringify(called.output, null, 2));
    else invocation.terminal.note(JSON.stringify(called.problem, null, 2));
    return called.exitCode;
  },
};

async function readInput({ text }: Invocation): Promise<string> {
  const json = text('json') ?? '{}';
  return json === '-' ? readAll(process.stdin) : json;
}
