import type { Environment } from './load-config.ts';

/** The one place where the process environment is read; everything else gets its slice as an argument. */
export function processEnvironment(): Environment {
  return process.env;
}

/** npm names the script it runs; no option of ours, so it stands in no table. */
export function startedByNpm(environment: Environment): boolean {
  return environment['npm_lifecycle_event'] !== undefined;
}
