import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import type { Browser } from 'playwright-core';

export type { Browser, CDPSession, Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const EXECUTABLE = 0o755;

/**
 * A headless Chromium: the machine's own, or on Linux x64 the one that comes as a package. Its name or what kept it
 * from starting is for the test to say when it is skipped.
 */
export async function launchBrowser(): Promise<Browser | { readonly absent: string }> {
  try {
    const executablePath = installed() ?? (await unpacked());
    const { chromium } = await import('playwright-core');
    return await chromium.launch({ executablePath, args: ARGUMENTS });
  } catch (error) {
    return { absent: `no Chromium runs here: ${String(error).split('\n', 1)[0] ?? ''}` };
  }
}

function installed(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file));
}

/** Unpacks the packaged one once per machine; whoever comes meanwhile unpacks too, and the last of them is kept. */
async function unpacked(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('none is installed');
  const home = import.meta.resolve('@sparticuz/chromium');
  const packed = fileURLToPath(new URL('../bin/chromium.br', home));
  const { version } = JSON.parse(await readFile(new URL('../package.json', home), 'utf8'));
  const file = join(tmpdir(), `ashlar-test-chromium-${version}`);
  if (existsSync(file)) return file;
  const part = `${file}.${process.pid}`;
  const binary = createWriteStream(part, { mode: EXECUTABLE });
  await pipeline(createReadStream(packed), createBrotliDecompress(), binary);
  // Fails where a library is missing, before the file is taken for good.
  await promisify(execFile)(part, ['--version']);
  await rename(part, file);
  return file;
}
