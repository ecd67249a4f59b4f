import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';

const root = new URL('../', import.meta.url);
const DIGITS = 16;
/** What writes a page's data, beside the templates that read it. */
const WRITERS = ['page-data', 'directed-text', 'printed-amount'].map((name) => `src/${name}.ts`);

/**
 * A hash over all that decides how a page looks: templates, fonts, what writes their data, and the pinned versions of
 * the compiler and the maker of codes. Files of two machines may differ in their numbers' last digits, so it holds
 * which one this is.
 */
export function printerEdition(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const path of [...inFolder('templates'), ...inFolder('fonts'), ...WRITERS, 'package.json']) {
    const content = createHash('sha256').update(readFileSync(new URL(path, root)));
    hash.update(`${path} ${content.digest('hex')}\n`);
  }
  return hash.digest('hex').slice(0, DIGITS);
}

function inFolder(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, root))
    .toSorted()
    .map((name) => `${folder}/${name}`);
}
