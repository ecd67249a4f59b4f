import { usageErrors } from '../cli/cli-errors.ts';
import type { Invocation } from '../cli/command.ts';

const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** @throws {AshlarError} `usage.arguments_wrong`. */
export function requireJobId(command: string, { positionals }: Invocation): string {
  const found = positionals[0] ?? '';
  if (ID.test(found)) return found;
  throw usageErrors.argumentsWrong({ command, found: `"${found}"`, wanted: 'the id of a job' });
}
