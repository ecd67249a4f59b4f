import { fileURLToPath } from 'node:url';
import { startProcess, stopProcess, untilAnswers } from '../instance/child-process.ts';
import { freePort } from '../instance/free-port.ts';
import type { BareAnswer } from './bare-http.ts';
import type { Rival } from './rival.ts';

const SCRIPT = fileURLToPath(new URL('bare-http.ts', import.meta.url));

export async function startBareHttp(answers: readonly BareAnswer[], logFile: string): Promise<Rival> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = startProcess(process.execPath, [SCRIPT, String(port), JSON.stringify(answers)], logFile);
  await untilAnswers(child, async () => (await fetch(url)).status === 404, 'The bare server', 5_000);
  return { url, stop: () => stopProcess(child) };
}
