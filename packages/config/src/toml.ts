import type { FieldError } from '@ashlar/kernel';
import { parse, TomlError } from 'smol-toml';
import type { ConfigFile } from './config-file.ts';
import { optionEntries } from './option-entries.ts';

export interface TomlSettings {
  /** By option key, as TOML typed them. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly faults: readonly FieldError[];
}

/** Finds the options in an `ashlar.toml`: one table per group. What is no option is a fault, for it would be a typing mistake. */
export function readToml(file: ConfigFile | null): TomlSettings {
  const values = new Map<string, unknown>();
  const faults: FieldError[] = [];
  for (const [group, table] of Object.entries(parseFile(file, faults))) {
    const known = optionEntries.filter((entry) => entry.group === group);
    if (known.length === 0 || typeof table !== 'object' || table === null) {
      faults.push(fault(file, `[${group}]`, `wanted one of the tables ${groupNames().join(', ')}`));
      continue;
    }
    for (const [key, value] of Object.entries(table)) {
      const entry = known.find(({ toml }) => toml === key);
      if (entry !== undefined) values.set(entry.key, value);
      else faults.push(fault(file, `[${group}] ${key}`, `wanted one of ${known.map(({ toml }) => toml).join(', ')}`));
    }
  }
  return { values, faults };
}

function parseFile(file: ConfigFile | null, faults: FieldError[]): Record<string, unknown> {
  if (file === null) return {};
  try {
    return parse(file.text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n')[0] ?? '';
    faults.push({
      pointer: '',
      code: 'syntax',
      detail: `${file.path}:${error.line}:${error.column}: ${reason}, wanted TOML`,
    });
    return {};
  }
}

function fault(file: ConfigFile | null, place: string, wanted: string): FieldError {
  return { pointer: '', code: 'unknown', detail: `${file?.path ?? ''} ${place}: found an unknown name, ${wanted}` };
}

function groupNames(): string[] {
  return [...new Set(optionEntries.map(({ group }) => group))];
}
