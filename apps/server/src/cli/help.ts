import { helpEntry, optionHelp } from '@ashlar/config';
import type { Command, CommandEntry } from './command.ts';

/** `ashlar --help`: what there is. */
export function overview(entries: readonly CommandEntry[]): string {
  return [
    'ashlar: a PostgreSQL backend that Supabase clients speak, in one process.',
    '',
    'Usage: ashlar <command> [options]',
    '',
    'Commands:',
    ...entries.map(({ name, summary }) => helpEntry(name, summary)),
    '',
    'ashlar <command> --help explains a command and its options. Options can also be set in the environment',
    '(ASHLAR_PORT for --port) and in ashlar.toml, or another file named by --config; docs/configuration.md',
    'lists all of them.',
  ].join('\n');
}

/** `ashlar project --help`. */
export function groupHelp(group: string, entries: readonly CommandEntry[]): string {
  const members = entries.filter(({ name }) => name.startsWith(`${group} `));
  return [
    `Usage: ashlar ${group} <command> [options]`,
    '',
    'Commands:',
    ...members.map(({ name, summary }) => helpEntry(name, summary)),
  ].join('\n');
}

/** `ashlar start --help`. */
export function commandHelp(name: string, { usage, about, options, configGroups }: Command): string {
  const own = Object.entries(options).map(([flag, { placeholder, short, about: sentence }]) => {
    const value = placeholder === undefined ? '' : ` ${placeholder}`;
    return helpEntry(`${short === undefined ? '' : `-${short}, `}--${flag}${value}`, sentence);
  });
  return [
    `Usage: ashlar ${[name, usage, '[options]'].filter(Boolean).join(' ')}`,
    '',
    about,
    '',
    ...(own.length === 0 ? [] : ['Options:', ...own, '']),
    optionHelp(configGroups),
  ].join('\n');
}
