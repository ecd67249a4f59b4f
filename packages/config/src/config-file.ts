import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configErrors } from './config-errors.ts';
import { CONFIG_FILE_FLAG, CONFIG_FILE_VARIABLE, DEFAULT_CONFIG_FILE } from './option-entries.ts';
import type { Environment, Flags } from './load-config.ts';

export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads the file `--config` or `ASHLAR_CONFIG` names, else `ashlar.toml` in `folder` when there is one.
 *
 * @throws {AshlarError} `config.file_missing` when a named file cannot be read.
 */
export function readConfigFile(flags: Flags, environment: Environment, folder: string): ConfigFile | null {
  const flag = flags[CONFIG_FILE_FLAG];
  const variable = environment[CONFIG_FILE_VARIABLE];
  if (typeof flag === 'string') return readNamed(resolve(folder, flag), `--${CONFIG_FILE_FLAG}`);
  if (variable !== undefined && variable !== '') return readNamed(resolve(folder, variable), CONFIG_FILE_VARIABLE);
  try {
    const path = resolve(folder, DEFAULT_CONFIG_FILE);
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw configErrors.fileMissing(
      { file: DEFAULT_CONFIG_FILE, source: 'its default place', reason: errorCode(error) },
      { cause: error },
    );
  }
}

function readNamed(path: string, source: string): ConfigFile {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    throw configErrors.fileMissing({ file: path, source, reason: errorCode(error) }, { cause: error });
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
