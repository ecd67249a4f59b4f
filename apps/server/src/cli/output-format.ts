import { usageErrors } from './cli-errors.ts';
import type { CommandOption, Invocation } from './command.ts';

/** The option `-o`, for a command that writes its result in one of these forms; the first is the default. */
export function outputOption(formats: readonly string[]): Readonly<Record<'output', CommandOption>> {
  return {
    output: {
      type: 'string',
      short: 'o',
      placeholder: '<form>',
      about: `Form of the result: ${formats.join(', ')}. [${formats[0]}]`,
    },
  };
}

/** @throws {AshlarError} `usage.option_wrong`. */
export function chosenFormat<const Format extends string>(
  command: string,
  { text }: Invocation,
  formats: readonly [Format, ...Format[]],
): Format {
  const found = text('output') ?? formats[0];
  const format = formats.find((candidate) => candidate === found);
  if (format === undefined) {
    throw usageErrors.optionWrong({ command, option: 'output', found, wanted: `one of ${formats.join(', ')}` });
  }
  return format;
}
