import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';
import { checkBudget } from './budget.ts';

const STUDIO = fileURLToPath(new URL('..', import.meta.url));
const COMPRESSIBLE = /\.(?:js|css|html|svg|json|map)$/;
/** Of eleven: the last two steps take four times as long for two per cent. */
const BROTLI_QUALITY = 9;
/** Below it the headers weigh as much as what is saved. */
const WORTH_COMPRESSING_BYTES = 512;

const brotliOf = promisify(brotliCompress);
const gzipOf = promisify(gzip);

/** What the first page costs over the wire. */
export interface StudioSize {
  /** Brotli, of everything fetched before a page shows. */
  readonly firstLoadBytes: number;
}

/**
 * Makes everything the server serves at `/studio`, each text also compressed, in `folder`. It appears there at once and
 * whole, or not at all.
 *
 * @throws {Error} When the sources do not build, or the first load has outgrown its budget.
 */
export async function buildStudio(folder: string): Promise<StudioSize> {
  const part = `${folder}.${process.pid}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  try {
    await build({
      root: STUDIO,
      configFile: join(STUDIO, 'vite.config.ts'),
      configLoader: 'native',
      logLevel: 'warn',
      build: { outDir: part, emptyOutDir: true },
    });
    await compressAll(part);
    const size = await checkBudget(part);
    await writeFile(join(part, 'built.json'), JSON.stringify(size));
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
    return size;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function compressAll(folder: string): Promise<void> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => COMPRESSIBLE.test(name));
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const content = await readFile(file);
      if (content.length < WORTH_COMPRESSING_BYTES) return;
      const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
      await Promise.all([
        brotliOf(content, { params }).then((packed) => writeFile(`${file}.br`, packed)),
        gzipOf(content).then((packed) => writeFile(`${file}.gz`, packed)),
      ]);
    }),
  );
}
