import { noGivenKeys } from '@ashlar/control';
import { ignoreObservations } from '@ashlar/telemetry';
import type { Invocation } from '../cli/command.ts';
import { openInstance, type Instance } from './open-instance.ts';
import { instancePaths } from './instance-paths.ts';
import { readRunState } from './run-state.ts';

/**
 * Does something with the instance a command names: beside the process that runs it, or, when none does, with a
 * database server that runs for as long as the command. Its progress is nobody's concern, so nothing is logged.
 */
export async function withInstance<Result>(
  { config, terminal }: Invocation,
  run: (instance: Instance) => Promise<Result>,
): Promise<Result> {
  const isResting =
    config.postgres.databaseUrl === null && readRunState(instancePaths(config.instance.data).run) === null;
  const done = isResting ? terminal.wait('Starting the database for this command …') : () => undefined;
  const instance = await openInstance({
    config,
    observe: ignoreObservations,
    given: noGivenKeys,
    cluster: 'join',
  }).finally(done);
  try {
    return await run(instance);
  } finally {
    await instance.close();
  }
}
