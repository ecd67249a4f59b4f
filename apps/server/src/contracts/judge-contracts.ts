import {
  type Change,
  compareContracts,
  type ContractVersion,
  nextVersion,
  readContract,
  stepFor,
} from '@ashlar/registry';
import type { ContractFile } from './contract-files.ts';

export interface JudgedContracts {
  readonly changes: readonly (Change & { readonly file: string })[];
  /** What the contracts have to be called: unchanged ones keep their version. */
  readonly version: ContractVersion;
}

/** What became of a suite's contracts since a version, and the version this makes of them. */
export function judgeContracts(
  since: { readonly files: ReadonlyMap<string, string>; readonly version: ContractVersion },
  now: readonly ContractFile[],
): JudgedContracts {
  const changes = now.flatMap(({ file, format, content }) => {
    const before = since.files.get(file);
    if (before === undefined) return [{ ...added, path: file, file }];
    const found = compareContracts(readContract(format, before), readContract(format, content));
    return found.map((change) => ({ ...change, file }));
  });
  for (const file of since.files.keys()) {
    if (!now.some((one) => one.file === file)) changes.push({ ...removed, path: file, file });
  }
  const isSame = changes.length === 0 && now.every(({ file, content }) => since.files.get(file) === content);
  return { changes, version: isSame ? since.version : nextVersion(since.version, stepFor(changes)) };
}

export interface SettledContracts extends JudgedContracts {
  /** They break a promise, and nobody has given leave to: nothing may be written. */
  readonly isRefused: boolean;
}

/**
 * What the contracts are to be written as.
 *
 * @param since What was promised last; null: nothing yet.
 * @param mayBreak Whether the suite may break it.
 */
export function settleContracts(
  since: Parameters<typeof judgeContracts>[0] | null,
  now: readonly ContractFile[],
  mayBreak: boolean,
): SettledContracts {
  if (since === null) return { changes: [], version: { major: 1, minor: 0, patch: 0 }, isRefused: false };
  const judged = judgeContracts(since, now);
  const breaks = judged.changes.some(({ level }) => level === 'breaking');
  return { ...judged, isRefused: breaks && !mayBreak };
}

const added = { level: 'compatible', code: 'contract-added', message: 'is new' } as const;
const removed = { level: 'breaking', code: 'contract-removed', message: 'is gone' } as const;
