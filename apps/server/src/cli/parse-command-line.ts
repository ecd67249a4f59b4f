import { parseArgs } from 'node:util';
import { flagOptions, loadConfig, readConfigFile, type Environment, type Flags } from '@ashlar/config';
import { usageErrors } from './cli-errors.ts';
import type { Command, Invocation } from './command.ts';
import type { Terminal } from './terminal.ts';

export interface CommandLine {
  readonly name: string;
  readonly command: Command;
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly terminal: Terminal;
}

/**
 * Reads the options and arguments that follow a command's words. Every command takes every flag of the
 * configuration, for any of them may say which instance is meant; its help lists those that matter to it.
 *
 * @returns Null when help was asked for.
 * @throws {AshlarError} `usage.*` and `config.*`.
 */
export function parseCommandLine({ name, command, args, environment, terminal }: CommandLine): Invocation | null {
  const { values, positionals } = parse(name, command, args);
  if (values['help'] === true) return null;
  const [min, max] = command.positionals;
  if (positionals.length < min || positionals.length > max) {
    throw usageErrors.argumentsWrong({
      command: name,
      found: positionals.length === 0 ? 'no argument' : positionals.map((value) => JSON.stringify(value)).join(' '),
      wanted: command.usage === '' ? 'none' : command.usage,
    });
  }
  const flags: Flags = Object.fromEntries(Object.entries(values).filter(([flag]) => !(flag in command.options)));
  const folder = process.cwd();
  return {
    positionals,
    text: (option) => {
      const value = values[option];
      return typeof value === 'string' ? value : undefined;
    },
    isSet: (option) => values[option] === true,
    config: loadConfig({ flags, environment, file: readConfigFile(flags, environment, folder), folder }),
    keysOnLine: loadConfig({ flags, environment: {}, file: null, folder }).keys,
    terminal,
  };
}

function parse(
  name: string,
  command: Command,
  args: readonly string[],
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  const own = Object.fromEntries(
    Object.entries(command.options).map(([flag, { type, short }]) => [
      flag,
      { type, ...(short === undefined ? {} : { short }) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...flagOptions(), ...own, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      allowNegative: true,
    });
    return { values, positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const reason = error.message.split('. ')[0] ?? error.message;
    throw usageErrors.optionUnknown({ command: name, reason }, { cause: error });
  }
}
