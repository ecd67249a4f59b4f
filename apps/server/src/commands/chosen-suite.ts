import { must, type Suite } from '@ashlar/kernel';
import { usageErrors } from '../cli/cli-errors.ts';
import type { Invocation } from '../cli/command.ts';

/** The suites a command names, each once. @throws {AshlarError} When there is none of such a name. */
export async function chosenSuites(command: string, { positionals }: Invocation): Promise<readonly Suite[]> {
  const { suites } = await import('../suites.ts');
  return [...new Set(positionals)].map((name) => {
    const suite = suites.find((one) => one.name === name);
    if (suite !== undefined) return suite;
    const names = suites.map((one) => one.name).join(', ');
    throw usageErrors.argumentsWrong({ command, found: name, wanted: names === '' ? 'a suite; there is none' : names });
  });
}

/** The one suite a command names. @throws {AshlarError} When there is none of that name. */
export async function chosenSuite(command: string, invocation: Invocation): Promise<Suite> {
  const [suite] = await chosenSuites(command, invocation);
  return must(suite, 'the suite that was named');
}
