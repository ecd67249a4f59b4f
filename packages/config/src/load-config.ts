import { dirname, resolve } from 'node:path';
import type { FieldError } from '@ashlar/kernel';
import { configErrors } from './config-errors.ts';
import type { ConfigFile } from './config-file.ts';
import { optionEntries, type OptionEntry } from './option-entries.ts';
import type { Config } from './schema.ts';
import { flagName } from './names.ts';
import { readToml } from './toml.ts';

/** As `parseArgs` returns them: by flag name, without dashes. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSources {
  readonly flags: Flags;
  readonly environment: Environment;
  readonly file: ConfigFile | null;
  /** What relative paths of flags and variables are taken from. */
  readonly folder: string;
}

/** A value somebody set, and where. */
interface Setting {
  readonly value: unknown;
  /** As the user would write it: `--port`, `ASHLAR_PORT`, `ashlar.toml [server] port`. */
  readonly source: string;
  readonly folder: string;
}

/**
 * Settles every option: a flag wins over the environment, that over the file, that over the default.
 *
 * @throws {AshlarError} `config.invalid` naming all faults at once: source, value found, value wanted.
 */
export function loadConfig(sources: ConfigSources): Config {
  const toml = readToml(sources.file);
  const faults: FieldError[] = [...toml.faults];
  const groups: Record<string, Record<string, unknown>> = {};
  const origins = new Map<string, string>();

  for (const entry of optionEntries) {
    const group = (groups[entry.group] ??= {});
    const setting = findSetting(entry, sources, toml.values);
    if (setting === null) {
      group[entry.key] = fromFolder(entry, entry.option.default, sources.folder);
      continue;
    }
    origins.set(entry.key, setting.source);
    const parsed = entry.option.kind.schema.safeParse(setting.value);
    if (parsed.success) group[entry.key] = fromFolder(entry, parsed.data, setting.folder);
    else faults.push(valueFault(entry, setting));
  }

  // Every group and key of the schema was filled by the loop above, or there is a fault and this is not returned.
  const config = groups as unknown as Config;
  if (faults.length === 0) faults.push(...disagreements(config, origins));
  if (faults.length > 0) throw configErrors.invalid({ summary: summarise(faults) }, { fields: faults });
  return deepFreeze(config);
}

function findSetting(entry: OptionEntry, sources: ConfigSources, toml: ReadonlyMap<string, unknown>): Setting | null {
  const { folder } = sources;
  const flag = sources.flags[entry.flag];
  if (flag !== undefined) return { value: flag, source: `--${entry.flag}`, folder };
  for (const name of [entry.environment, entry.option.alsoFrom]) {
    // An empty variable is how a shell or a compose file says "not set".
    const value = name === null ? undefined : sources.environment[name];
    if (name !== null && value !== undefined && value !== '') return { value, source: name, folder };
  }
  const value = toml.get(entry.key);
  if (value === undefined || sources.file === null) return null;
  return {
    value,
    source: `${sources.file.path} [${entry.group}] ${entry.toml}`,
    folder: dirname(sources.file.path),
  };
}

function fromFolder(entry: OptionEntry, value: unknown, folder: string): unknown {
  return entry.option.kind.path && typeof value === 'string' ? resolve(folder, value) : value;
}

function valueFault(entry: OptionEntry, setting: Setting): FieldError {
  return {
    pointer: `/${entry.group}/${entry.key}`,
    code: 'value',
    detail: `${setting.source}: found ${describe(setting.value, entry.option.secret)}, wanted ${entry.option.kind.wanted}`,
  };
}

const MAX_SHOWN_CHARACTERS = 60;

function describe(value: unknown, secret: boolean): string {
  const shown = JSON.stringify(value) ?? 'nothing';
  if (secret) return typeof value === 'string' ? `a value of ${value.length} characters` : `a ${typeof value}`;
  return shown.length <= MAX_SHOWN_CHARACTERS ? shown : `${shown.slice(0, MAX_SHOWN_CHARACTERS)}…`;
}

/** What no option can see alone. */
function disagreements(config: Config, origins: ReadonlyMap<string, string>): FieldError[] {
  return [...tlsFaults(config, origins), ...backendFaults(config, origins)];
}

function backendFaults({ storage }: Config, origins: ReadonlyMap<string, string>): FieldError[] {
  if (storage.storageBackend !== 's3') return [];
  const needed = ['storageS3Bucket', 'storageS3AccessKey', 'storageS3SecretKey'] as const;
  const missing = needed.filter((key) => storage[key] === null);
  if (missing.length === 0) return [];
  const flags = missing.map((key) => `--${flagName(key)}`).join(', ');
  const source = origins.get('storageBackend') ?? 'storageBackend';
  return [
    {
      pointer: '/storage/storageBackend',
      code: 'incomplete',
      detail: `${source}: "s3" is wanted together with ${flags}`,
    },
  ];
}

function tlsFaults(config: Config, origins: ReadonlyMap<string, string>): FieldError[] {
  const { tlsCert, tlsKey } = config.gateway;
  if ((tlsCert === null) === (tlsKey === null)) return [];
  const given = tlsCert === null ? 'tlsKey' : 'tlsCert';
  const missing = tlsCert === null ? '--tls-cert' : '--tls-key';
  return [
    {
      pointer: `/gateway/${given}`,
      code: 'incomplete',
      detail: `${origins.get(given) ?? given}: found alone, wanted together with ${missing}`,
    },
  ];
}

function summarise(faults: readonly FieldError[]): string {
  const count = faults.length === 1 ? 'The configuration has a fault' : `The configuration has ${faults.length} faults`;
  return [`${count}:`, ...faults.map(({ detail }) => `  ${detail}`)].join('\n');
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
