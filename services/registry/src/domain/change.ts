import type { Step } from './contract-version.ts';

/**
 * `breaking`: somebody who relied on the old contract may fail. `compatible`: there is more than before.
 * `note`: nothing but words.
 */
export type ChangeLevel = 'breaking' | 'compatible' | 'note';

/** One difference between two versions of a contract. */
export interface Change {
  readonly level: ChangeLevel;
  /** What kind of change: `member-removed`, `input-required`, `type-narrowed`. */
  readonly code: string;
  /** Where, for people and programs: `POST /reservations · body /orderId`; a star is any item of a list. */
  readonly path: string;
  readonly message: string;
}

const ORDER: Readonly<Record<ChangeLevel, number>> = { breaking: 0, compatible: 1, note: 2 };

/** What breaks first, then by place. */
export function sortChanges(changes: readonly Change[]): readonly Change[] {
  return changes.toSorted(
    (a, b) => ORDER[a.level] - ORDER[b.level] || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  );
}

/** What a version with these changes has to raise. */
export function stepFor(changes: readonly Change[]): Step {
  if (changes.some(({ level }) => level === 'breaking')) return 'major';
  return changes.some(({ level }) => level === 'compatible') ? 'minor' : 'patch';
}

/** A list for people, as Markdown. */
export function describeChanges(changes: readonly Change[]): string {
  if (changes.length === 0) return 'No changes.\n';
  const titles: Readonly<Record<ChangeLevel, string>> = { breaking: 'Breaking', compatible: 'Added', note: 'Wording' };
  return (['breaking', 'compatible', 'note'] as const)
    .map((level) => ({ level, found: changes.filter((change) => change.level === level) }))
    .filter(({ found }) => found.length > 0)
    .map(
      ({ level, found }) =>
        `## ${titles[level]}\n\n${found.map((one) => `- \`${one.path}\`: ${one.message}`).join('\n')}\n`,
    )
    .join('\n');
}
