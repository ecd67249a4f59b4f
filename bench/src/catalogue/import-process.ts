import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Instance } from '../instance/instance.ts';
import { cpuUsed } from '../measure/cpu.ts';

const MAIN = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));
const LOOK_MS = 500;
const BATCH = 1_000;

/** What an import of a file took the process that did it. */
export interface ImportRun {
  readonly seconds: number;
  /** The most memory it had; NaN where the system does not tell. */
  readonly peakMiB: number;
  /** Of its process and of PostgreSQL, which a busy machine hardly changes. */
  readonly cpuSeconds: number;
}

/** Writes a table of products that nobody else has: two languages, a code, prices in two currencies. */
export async function writeProducts(path: string, prefix: string, count: number, firstCode: number): Promise<void> {
  await using file = await open(path, 'w');
  await file.write('sku,title.en,title.ar,brand,tax_category,barcode,price.usd,price.iqd\n');
  for (let at = 0; at < count; at += BATCH) {
    const lines = Array.from({ length: Math.min(BATCH, count - at) }, (_, index) => {
      const n = at + index;
      const code = gtin(firstCode + n);
      return `${prefix}-${n},${prefix} thing number ${n},${prefix} شيء رقم ${n},Brand ${n % 100},standard,${code},${n % 500}.50,${(n % 500) * 1000}`;
    });
    await file.write(`${lines.join('\n')}\n`);
  }
}

/** Imports the file by the command line, as anybody would. @throws When the command fails, with what it said. */
export async function importProducts(
  { dataDir, instance }: { readonly dataDir: string; readonly instance: Pick<Instance, 'pid'> },
  path: string,
): Promise<ImportRun> {
  const before = await cpuUsed(instance);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN, 'product', 'import', path, '--data', dataDir], { stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let seen = { peakMiB: Number.NaN, cpuSeconds: Number.NaN };
  const looking = async (): Promise<void> => {
    while (child.exitCode === null && child.signalCode === null) {
      const pid = child.pid ?? 0;
      const [peakMiB, own, { postgres }] = await Promise.all([
        peakOf(pid),
        cpuUsed({ pid }),
        // A backend takes what it used along when it ends, so it is asked while it is there.
        cpuUsed(instance),
      ]);
      const cpuSeconds = (own.server + postgres - before.postgres) / 1e6;
      if (!Number.isNaN(peakMiB)) seen = { peakMiB, cpuSeconds };
      await Promise.race([ended, sleep(LOOK_MS)]);
    }
  };
  const looked = looking();
  const code = await ended;
  const seconds = (performance.now() - startedAt) / 1_000;
  await looked;
  if (code !== 0) throw new Error(`The import ended with ${code}: ${said.slice(0, 2_000)}`);
  return { seconds, ...seen };
}

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

function gtin(n: number): string {
  const digits = `952${String(n).padStart(9, '0')}`;
  const sum = Array.from(digits).reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
