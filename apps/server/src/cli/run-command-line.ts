import { processEnvironment } from '@ashlar/config';
import { commands } from '../commands.ts';
import { VERSION } from '../version.ts';
import { findCommand } from './find-command.ts';
import { commandHelp, groupHelp, overview } from './help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { reportError } from './report-error.ts';
import { createTerminal } from './terminal.ts';

/** Runs one command line. @returns The exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCommandLine(line: readonly string[]): Promise<number> {
  const environment = processEnvironment();
  const terminal = createTerminal(environment['NO_COLOR']);
  try {
    const [first] = line;
    if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
      terminal.out(overview(commands));
      return 0;
    }
    if (first === '--version' || first === '-v') {
      terminal.out(VERSION);
      return 0;
    }
    const found = findCommand(line, commands);
    if ('group' in found) {
      terminal.out(groupHelp(found.group, commands));
      return 0;
    }
    const { name, load } = found.entry;
    const { command } = await load();
    const invocation = parseCommandLine({ name, command, args: found.rest, environment, terminal });
    if (invocation === null) {
      terminal.out(commandHelp(name, command));
      return 0;
    }
    return (await command.run(invocation)) ?? 0;
  } catch (error) {
    return reportError(error, terminal);
  }
}
