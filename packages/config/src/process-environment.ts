import type { Environment } from './load-config.ts';

/** The one place where the process environment is read; everything else gets its slice as an argument. */
export function processEnvironment(): Environment {
  return process.env;
}
