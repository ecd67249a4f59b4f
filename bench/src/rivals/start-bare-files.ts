import { fileURLToPath } from 'node:url';
import { startProcess, stopProcess, untilAnswers } from '../instance/child-process.ts';
import { freePort } from '../instance/free-port.ts';
import type { Rival } from './rival.ts';

export interface BareFiles extends Rival {
  readonly pid: number;
}

const SCRIPT = fileURLToPath(new URL('bare-files.ts', import.meta.url));

/** @param folder Where it keeps files; on the disk of the instance, or the comparison is of disks. */
export async function startBareFiles(folder: string, logFile: string): Promise<BareFiles> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = startProcess(process.execPath, [SCRIPT, String(port), folder], logFile);
  await untilAnswers(child, async () => (await fetch(`${url}/none`)).status === 404, 'The bare file server', 5_000);
  return { url, pid: child.pid ?? 0, stop: () => stopProcess(child) };
}
