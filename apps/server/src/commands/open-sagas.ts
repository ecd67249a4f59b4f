import { randomUUID } from 'node:crypto';
import { type SagaCall, sagaJob, sagaRegistry, type SagaSteering, steerSaga } from '@ashlar/handlers';
import { ignoreObservations } from '@ashlar/telemetry';
import { usageErrors } from '../cli/cli-errors.ts';
import type { CommandOption, Invocation } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';
import { suites } from '../suites.ts';
import { administrator } from './administrator.ts';

export const sagaOptions: Readonly<Record<string, CommandOption>> = {
  org: { type: 'string', placeholder: '<id>', about: 'Organisation whose sagas they are; by default the default one.' },
  ...projectOption,
};

const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const registry = sagaRegistry(suites);

/** In English and more, of a saga this version knows. */
export const titleOf = (name: string): ReturnType<typeof registry.find>['title'] | null =>
  registry.all.find(({ saga }) => saga.name === name)?.saga.title ?? null;

/** Looks at sagas of the project a command names, as the administrator. */
export async function withSagas<Result>(
  invocation: Invocation,
  run: (call: SagaCall) => Promise<Result>,
): Promise<Result> {
  return withInstance(invocation, async ({ projects }) => {
    const { project } = await projects.open(chosenProject(invocation));
    return run(callOf(invocation, project.database));
  });
}

/** Steers the saga a command names and leaves the job that goes on with it. */
export async function steer(command: string, invocation: Invocation, steering: SagaSteering): Promise<number> {
  const id = requireSagaId(command, invocation);
  const { createScheduler } = await import('@ashlar/scheduler');
  const status = await withInstance(invocation, async ({ cluster, projects }) => {
    const { project } = await projects.open(chosenProject(invocation));
    const scheduler = createScheduler({ cluster, observe: ignoreObservations });
    try {
      const call = callOf(invocation, project.database);
      const saga = await steerSaga(call, id, steering, registry);
      await scheduler.queue.add([sagaJob(project.ref, id, call.requestId)]);
      return saga.status;
    } finally {
      await scheduler.close();
    }
  });
  invocation.terminal.out(`Saga ${id} is ${status}`);
  return 0;
}

/** @throws {AshlarError} `usage.arguments_wrong`. */
export function requireSagaId(command: string, { positionals }: Invocation): string {
  const found = positionals[0] ?? '';
  if (ID.test(found)) return found;
  throw usageErrors.argumentsWrong({ command, found: `"${found}"`, wanted: 'the id of a saga' });
}

/** @throws {AshlarError} `usage.arguments_wrong` when the option is not given. */
export function requireText(command: string, { text }: Invocation, option: string): string {
  const found = text(option)?.trim() ?? '';
  if (found !== '') return found;
  throw usageErrors.argumentsWrong({ command, found: `no --${option}`, wanted: `--${option} with some words` });
}

function callOf({ text }: Invocation, database: SagaCall['database']): SagaCall {
  return { database, caller: administrator, via: 'cli', requestId: randomUUID(), orgId: text('org') };
}
