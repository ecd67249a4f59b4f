import { usageErrors } from './cli-errors.ts';
import type { CommandEntry } from './command.ts';

export interface FoundCommand {
  readonly entry: CommandEntry;
  /** What follows the command's words. */
  readonly rest: readonly string[];
}

/**
 * Finds the command the line begins with; a group such as `project` is named by two words.
 *
 * @returns The group when the line asks for help on one: `project --help`.
 * @throws {AshlarError} `usage.command_unknown`, `usage.command_incomplete`.
 */
export function findCommand(
  line: readonly string[],
  entries: readonly CommandEntry[],
): FoundCommand | { readonly group: string } {
  const [first = '', second = ''] = line;
  const single = entries.find(({ name }) => name === first);
  if (single !== undefined) return { entry: single, rest: line.slice(1) };
  const pair = entries.find(({ name }) => name === `${first} ${second}`);
  if (pair !== undefined) return { entry: pair, rest: line.slice(2) };

  const members = entries.filter(({ name }) => name.startsWith(`${first} `));
  if (members.length === 0) {
    const wanted = [...new Set(entries.map(({ name }) => name.split(' ')[0] ?? ''))];
    throw usageErrors.commandUnknown({ found: first, wanted });
  }
  if (second === '--help' || second === '-h') return { group: first };
  const wanted = members.map(({ name }) => name.slice(first.length + 1));
  throw second === '' || second.startsWith('-')
    ? usageErrors.commandIncomplete({ found: first, wanted })
    : usageErrors.commandUnknown({ found: `${first} ${second}`, wanted: members.map(({ name }) => name) });
}
