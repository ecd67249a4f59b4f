/** `2.1.0`: what breaks raises the first number, what is added the second, what changes nothing the third. */
export interface ContractVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const VERSION = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;

/** @returns Undefined for what is no version: ranges, labels and leading zeros are none. */
export function parseVersion(text: string): ContractVersion | undefined {
  const found = VERSION.exec(text);
  if (found === null) return undefined;
  const [, major, minor, patch] = found.map(Number);
  return { major: major ?? 0, minor: minor ?? 0, patch: patch ?? 0 };
}

export function formatVersion({ major, minor, patch }: ContractVersion): string {
  return `${major}.${minor}.${patch}`;
}

/** Negative: `a` comes before `b`. */
export function compareVersions(a: ContractVersion, b: ContractVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

export type Step = 'major' | 'minor' | 'patch';

export function nextVersion({ major, minor, patch }: ContractVersion, step: Step): ContractVersion {
  if (step === 'major') return { major: major + 1, minor: 0, patch: 0 };
  return step === 'minor' ? { major, minor: minor + 1, patch: 0 } : { major, minor, patch: patch + 1 };
}
