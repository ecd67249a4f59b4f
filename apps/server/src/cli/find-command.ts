import { usageErrors } from './cli-errors.ts';
import type { CommandEntry } from './command.ts';

export interface FoundCommand {
  readonly entry: CommandEntry;
  /** What follows the command's words. */
  readonly rest: readonly string[];
}

/** Of a command's name: `storage keys create`. */
const MAX_WORDS = 3;

/**
 * Finds the command the line begins with; one of a group such as `project` is named by two words or three.
 *
 * @returns The group when the line asks for help on one: `project --help`.
 * @throws {AshlarError} `usage.command_unknown`, `usage.command_incomplete`.
 */
export function findCommand(
  line: readonly string[],
  entries: readonly CommandEntry[],
): FoundCommand | { readonly group: string } {
  const [first = '', second = ''] = line;
  for (let words = 1; words <= MAX_WORDS; words += 1) {
    const named = line.slice(0, words).join(' ');
    const entry = entries.find(({ name }) => name === named);
    if (entry !== undefined) return { entry, rest: line.slice(words) };
  }

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
