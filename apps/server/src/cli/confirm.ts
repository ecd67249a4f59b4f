import { cliErrors } from './cli-errors.ts';
import type { CommandOption, Invocation } from './command.ts';

export const yesOption: Readonly<Record<'yes', CommandOption>> = {
  yes: { type: 'boolean', short: 'y', about: 'Do not ask.' },
};

/**
 * Asks to type a name before something is gone for good.
 *
 * @param attempt What is about to happen, as in "removing project shop".
 * @throws {AshlarError} `cli.not_confirmed` when another answer, or none, was given.
 */
export async function confirm(
  { isSet, terminal }: Invocation,
  attempt: string,
  loses: string,
  name: string,
): Promise<void> {
  if (isSet('yes')) return;
  const answer = await terminal.ask(`${loses}\nType ${name} to go on: `);
  if (answer?.trim() !== name) throw cliErrors.notConfirmed({ attempt });
}
