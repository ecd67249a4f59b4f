import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { askDoor } from './ask-door.ts';

const run = promisify(execFile);

/**
 * A new data folder for a test that is not about the first start: a copy of one that was started once and stopped,
 * which spares the making of a cluster and all migrations. All copies of a run have the same keys. Whoever asks removes it.
 *
 * @returns An empty folder where no runner made one to copy.
 */
export async function makeInstanceFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-e2e-'));
  const made = await askDoor('instance');
  // The files are the server's, who is somebody else than root; `cp` keeps whose they are.
  if (typeof made === 'string') await run('cp', ['-a', `${made}/.`, folder]);
  return folder;
}
