import { environmentName, flagName, tomlKey } from './names.ts';
import type { Option } from './option.ts';
import { configSchema } from './schema.ts';

/** An option with everything that follows from its place in the schema. */
export interface OptionEntry {
  readonly group: string;
  readonly groupTitle: string;
  readonly key: string;
  readonly flag: string;
  readonly environment: string;
  readonly toml: string;
  readonly option: Option<unknown>;
}

/** All options in the order of the schema. */
export const optionEntries: readonly OptionEntry[] = Object.entries(configSchema).flatMap(
  ([group, { title, options }]) =>
    // The schema's values are typed one by one; a walk over all of them can only know that each is some option.
    Object.entries(options as Readonly<Record<string, Option<unknown>>>).map(([key, option]) => ({
      group,
      groupTitle: title,
      key,
      flag: flagName(key),
      environment: environmentName(key),
      toml: tomlKey(key),
      option,
    })),
);

/** What `parseArgs` of node:util needs to know of every option. */
export function flagOptions(): Record<string, { type: 'string' | 'boolean' }> {
  return Object.fromEntries([
    [CONFIG_FILE_FLAG, { type: 'string' as const }],
    ...optionEntries.map(({ flag, option }): [string, { type: 'string' | 'boolean' }] => [
      flag,
      { type: option.kind.placeholder === null ? 'boolean' : 'string' },
    ]),
  ]);
}

/** The one setting that cannot stand in the file itself: where the file is. */
export const CONFIG_FILE_FLAG = 'config';
export const CONFIG_FILE_VARIABLE = 'ASHLAR_CONFIG';
export const DEFAULT_CONFIG_FILE = 'ashlar.toml';
