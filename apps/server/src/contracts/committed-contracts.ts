import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, type Suite } from '@ashlar/kernel';
import { type ContractVersion, parseVersion } from '@ashlar/registry';
import { CONTRACT_FILES, contractsFolder, VERSION_FILE } from './contract-files.ts';

/** Contracts of a suite as they were written down. */
export interface WrittenContracts {
  readonly files: ReadonlyMap<string, string>;
  readonly version: ContractVersion;
}

/** In the working folder; null: none are there. */
export function contractsInFolder(suite: Suite): WrittenContracts | null {
  const folder = contractsFolder(suite);
  return collect((file) => {
    const url = new URL(file, folder);
    return existsSync(url) ? readFileSync(url, 'utf8') : null;
  });
}

/** At a commit; null: none were there, or there is no such commit. */
export function contractsAt(commit: string, suite: Suite, root: URL): WrittenContracts | null {
  const folder = relative(fileURLToPath(root), fileURLToPath(contractsFolder(suite))).replaceAll(sep, '/');
  return collect((file) => {
    try {
      const args = ['show', `${commit}:${folder}/${file}`];
      return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 16_777_216, stdio: 'pipe' });
    } catch {
      // No git, no commit or no file: nothing to hold on to.
      return null;
    }
  });
}

function collect(read: (file: string) => string | null): WrittenContracts | null {
  const about = read(VERSION_FILE);
  if (about === null) return null;
  const { version } = JSON.parse(about) as { readonly version: string };
  const files = CONTRACT_FILES.flatMap(({ file }) => {
    const content = read(file);
    return content === null ? [] : [[file, content] as const];
  });
  return { files: new Map(files), version: must(parseVersion(version), `version in ${VERSION_FILE}`) };
}
