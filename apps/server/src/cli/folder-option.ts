import { migrationsFolder } from '../migrations/migration-folder.ts';
import type { CommandOption, Invocation } from './command.ts';

/** The option `--dir`, for commands that work on migration files. */
export const folderOption: Readonly<Record<'dir', CommandOption>> = {
  dir: {
    type: 'string',
    placeholder: '<folder>',
    about: 'Folder of the migration files. [supabase/migrations where there is a supabase folder, else migrations]',
  },
};

export function chosenFolder({ text }: Invocation): string {
  return migrationsFolder(text('dir'), process.cwd());
}
