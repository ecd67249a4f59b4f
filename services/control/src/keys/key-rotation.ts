import { must } from '@ashlar/kernel';
import type { ProjectKeys } from '@ashlar/service';
import type { JWK } from 'jose';
import { controlErrors } from '../control-errors.ts';
import { generateSigningKey } from './signing-key.ts';

/** A key in the line of those that sign a project's access tokens, one after the other. */
export interface ScheduledKey {
  /** Null for HS256 with the project's secret, and once the key has signed for the last time. */
  readonly privateKey: JWK | null;
  /** Null for HS256. */
  readonly publicKey: JWK | null;
  /** ISO 8601. Published from the moment it is in the line. */
  readonly signsFrom: string;
  /** ISO 8601; null while none follows. */
  readonly verifiesUntil: string | null;
}

/** What was decided about a project's signing keys; what holds at a moment follows from it and the time. */
export interface KeyRotation {
  /** By `signsFrom`. */
  readonly line: readonly ScheduledKey[];
  /** `kid` of keys that left, the last of them: a configuration that still names one must not bring it back. */
  readonly retired: readonly string[];
}

export interface RotationOptions {
  /** Seconds the new key is published before it signs. */
  readonly waitSeconds: number;
  /** The keys so far are worth nothing from now on: they are no longer secret. */
  readonly revoke: boolean;
}

/** Clients keep the published keys for ten minutes; the eleventh is for slow clocks. */
export const DEFAULT_WAIT_SECONDS = 660;
/** Longer than any access token can be made to live, and what clocks may differ. */
const LAST_TOKEN_SECONDS = 604_800 + 60;
const MAX_RETIRED = 100;

/**
 * Puts a new ES256 key into the line.
 *
 * @throws {AshlarError} `control.rotation_pending` when one that is published does not sign yet.
 */
export function rotate(
  keys: ProjectKeys,
  rotation: KeyRotation | null,
  now: Date,
  { waitSeconds, revoke }: RotationOptions,
): KeyRotation {
  const before = dropPast(rotation ?? lineOf(keys), now);
  const pending = before.line.find((key) => new Date(key.signsFrom) > now);
  if (pending !== undefined && !revoke) {
    throw controlErrors.rotationPending({ kid: kidOf(pending), signsFrom: pending.signsFrom });
  }
  const { signingKey, verifyKey } = generateSigningKey();
  const signsFrom = new Date(now.getTime() + (revoke ? 0 : waitSeconds * 1000));
  const added: ScheduledKey = {
    privateKey: signingKey,
    publicKey: verifyKey,
    signsFrom: signsFrom.toISOString(),
    verifiesUntil: null,
  };
  if (revoke) return { line: [added], retired: retire(before.retired, before.line) };
  const until = new Date(signsFrom.getTime() + LAST_TOKEN_SECONDS * 1000).toISOString();
  const former = before.line.map((key) => ({
    ...key,
    // Only the last of them still signs, until the new one does.
    privateKey: key === before.line.at(-1) ? key.privateKey : null,
    verifiesUntil: key.verifiesUntil ?? until,
  }));
  return { line: [...former, added], retired: before.retired };
}

/** The keys as they are at a moment: the youngest whose time has come signs, all within their time verify. */
export function keysAt(keys: ProjectKeys, rotation: KeyRotation | null, now: Date): ProjectKeys {
  if (rotation === null) return keys;
  const { line } = dropPast(rotation, now);
  return {
    ...keys,
    signingKey: line.findLast((key) => new Date(key.signsFrom) <= now)?.privateKey ?? null,
    verifyKeys: line.flatMap(({ publicKey }) => publicKey ?? []),
  };
}

/** When `keysAt` next gives another answer; null = never without a further rotation. */
export function nextKeyChange(rotation: KeyRotation | null, now: Date): Date | null {
  const times = (rotation?.line ?? []).flatMap(({ signsFrom, verifiesUntil }) =>
    [signsFrom, verifiesUntil ?? []].flat(),
  );
  const coming = times.map((time) => new Date(time).getTime()).filter((time) => time > now.getTime());
  return coming.length === 0 ? null : new Date(Math.min(...coming));
}

/**
 * The rotation that goes on when a person gave a signing key: a known one changes nothing, also when it has left; an
 * unknown one signs at once, and those before it verify what they signed.
 */
export function takeGivenKey(rotation: KeyRotation, given: JWK, verifyKey: JWK, now: Date): KeyRotation {
  const kid = given.kid ?? '';
  const before = dropPast(rotation, now);
  if (before.retired.includes(kid) || before.line.some((key) => kidOf(key) === kid)) return rotation;
  const until = new Date(now.getTime() + LAST_TOKEN_SECONDS * 1000).toISOString();
  const former = before.line
    .filter((key) => new Date(key.signsFrom) <= now)
    .map((key) => ({ ...key, privateKey: null, verifiesUntil: key.verifiesUntil ?? until }));
  const added = { privateKey: given, publicKey: verifyKey, signsFrom: now.toISOString(), verifiesUntil: null };
  return { line: [...former, added], retired: before.retired };
}

/** The key a rotation put into the line last. */
export interface AddedKey {
  readonly kid: string;
  readonly signsFrom: Date;
}

export function addedKey({ line }: KeyRotation): AddedKey {
  const key = must(line.at(-1), 'the key just added');
  return { kid: kidOf(key), signsFrom: new Date(key.signsFrom) };
}

function lineOf({ signingKey, verifyKeys }: ProjectKeys): KeyRotation {
  const epoch = new Date(0).toISOString();
  const publicKey = signingKey === null ? null : (verifyKeys.find(({ kid }) => kid === signingKey.kid) ?? null);
  return { line: [{ privateKey: signingKey, publicKey, signsFrom: epoch, verifiesUntil: null }], retired: [] };
}

function dropPast({ line, retired }: KeyRotation, now: Date): KeyRotation {
  const isOver = ({ verifiesUntil }: ScheduledKey): boolean => verifiesUntil !== null && new Date(verifiesUntil) <= now;
  return { line: line.filter((key) => !isOver(key)), retired: retire(retired, line.filter(isOver)) };
}

function retire(retired: readonly string[], leaving: readonly ScheduledKey[]): readonly string[] {
  return [...retired, ...leaving.map(kidOf).filter((kid) => kid !== '')].slice(-MAX_RETIRED);
}

function kidOf({ publicKey }: ScheduledKey): string {
  return publicKey?.kid ?? '';
}
