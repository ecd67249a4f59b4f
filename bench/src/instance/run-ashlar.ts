import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAIN = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));

/** Runs one command beside an instance that is running. @throws When it fails, with what it said. */
export async function runAshlar(dataDir: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [MAIN, ...args, '--data', dataDir]);
}
