import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const STUDIO = fileURLToPath(new URL('..', import.meta.url));
const ENTRY = join(STUDIO, 'src', 'main.tsx');
const REPOSITORY = join(STUDIO, '..', '..');
const WHAT_COUNTS = ['apps/studio', 'packages/ui'];
const NOT_BUILT = /(?:^|[/\\])(?:node_modules|dist|journeys|README\.md)(?:[/\\]|$)|\.test\.tsx?$/;
/** Enough to tell builds apart in a folder's name. */
const NAME_LENGTH = 16;

/** The program that builds, for `node <program> <folder>`. */
export const BUILD_PROGRAM: string = fileURLToPath(new URL('main.ts', import.meta.url));

/** Where a package without sources brings its Studio along. */
export const PREBUILT_FOLDER: string = join(STUDIO, 'dist');

/** Where builds are kept between starts of a checkout. */
export const CACHE_FOLDER: string = join(REPOSITORY, 'node_modules', '.cache', 'ashlar-studio');

/** Whether this installation has a Studio: one that is built already, or what it is built from. */
export function hasStudio(): boolean {
  return existsSync(ENTRY) || existsSync(PREBUILT_FOLDER);
}

/**
 * A name for the sources as they are: it changes when anything does that a build is made of, the versions of other
 * people's packages included. Null where there are no sources.
 */
export async function nameOfSources(): Promise<string | null> {
  if (!existsSync(ENTRY)) return null;
  const hash = createHash('sha256');
  for (const folder of WHAT_COUNTS) {
    const entries = await readdir(join(REPOSITORY, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    for (const file of files.map((path) => relative(REPOSITORY, path)).toSorted()) {
      if (!NOT_BUILT.test(file)) hash.update(`${file}\0`).update(await readFile(join(REPOSITORY, file)));
    }
  }
  const lock = join(REPOSITORY, 'package-lock.json');
  if (existsSync(lock)) hash.update(await readFile(lock));
  return hash.digest('hex').slice(0, NAME_LENGTH);
}
