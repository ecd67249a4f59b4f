import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything a browser fetches before the first page shows, fonts left out: they replace what is already readable. */
const FIRST_LOAD_BUDGET_BYTES = 500_000;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/**
 * Adds up the entry, what it imports without waiting, and the styles of both, as they travel.
 *
 * @throws {Error} When that is more than the budget.
 */
export async function checkBudget(folder: string): Promise<{ readonly firstLoadBytes: number }> {
  const manifest: Readonly<Record<string, Chunk>> = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const files = new Set<string>();
  const add = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const imported of chunk.imports ?? []) add(imported);
  };
  for (const [name, { isEntry }] of Object.entries(manifest)) if (isEntry === true) add(name);
  if (files.size === 0) throw new Error('The build of Studio has no entry');
  const sizes = await Promise.all([...files].map((file) => sizeOf(join(folder, file))));
  const firstLoadBytes = sizes.reduce((sum, size) => sum + size, 0);
  if (firstLoadBytes > FIRST_LOAD_BUDGET_BYTES) {
    throw new Error(
      `The first load of Studio is ${firstLoadBytes} bytes compressed; ${FIRST_LOAD_BUDGET_BYTES} are allowed. Load what only some pages need with them`,
    );
  }
  return { firstLoadBytes };
}

/** As compressed, or as it is where compressing was not worth it. */
async function sizeOf(file: string): Promise<number> {
  const found = await stat(`${file}.br`).catch(() => stat(file));
  return found.size;
}
