import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cliErrors } from '../cli/cli-errors.ts';
import type { Command } from '../cli/command.ts';
import { chosenFolder, folderOption } from '../cli/folder-option.ts';

const NAME = /^[\w-]{1,100}$/;

export const command: Command = {
  usage: '<name>',
  positionals: [1, 1],
  about: 'Writes an empty SQL file named by the time and the name, for ashlar migration up to apply.',
  options: folderOption,
  configGroups: [],

  async run(invocation) {
    const [name = ''] = invocation.positionals;
    if (!NAME.test(name)) throw cliErrors.migrationNameMalformed({ name });
    const folder = chosenFolder(invocation);
    const file = join(folder, `${timestamp(new Date())}_${name}.sql`);
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, '', { flag: 'wx' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw cliErrors.fileUnwritable({ file, reason }, { cause: error });
    }
    invocation.terminal.out(relative(process.cwd(), file));
    return 0;
  },
};

/** `20260102030405`, in UTC, as the Supabase CLI names its files. */
function timestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/\D/g, '');
}
