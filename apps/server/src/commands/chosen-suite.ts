import type { Suite } from '@ashlar/kernel';
import { usageErrors } from '../cli/cli-errors.ts';
import type { Invocation } from '../cli/command.ts';

/** The suite a command names first. @throws {AshlarError} When there is none of that name. */
export async function chosenSuite(command: string, { positionals: [name = ''] }: Invocation): Promise<Suite> {
  const { suites } = await import('../suites.ts');
  const suite = suites.find((one) => one.name === name);
  if (suite !== undefined) return suite;
  const names = suites.map((one) => one.name).join(', ');
  throw usageErrors.argumentsWrong({ command, found: name, wanted: names === '' ? 'a suite; there is none' : names });
}
