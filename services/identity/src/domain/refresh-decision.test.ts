import { expect, test } from 'vitest';
import { sessionBounds } from './session-bounds.ts';
import type { SessionSettings } from './settings.ts';
import { decideRefresh, type RefreshAttempt } from './refresh-decision.ts';

const now = new Date('2026-01-01T00:00:00Z');
const secondsAgo = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

const fresh: RefreshAttempt = {
  presented: { hash: 'c', revoked: false, replacedAt: secondsAgo(60) },
  active: { hash: 'c', parentHash: 'b' },
  sessionEndsAt: null,
  begunAt: secondsAgo(7200),
  usedAt: secondsAgo(600),
  bannedUntil: null,
};
const settings: SessionSettings = {
  accessTokenSeconds: 900,
  refreshTokenSeconds: 604_800,
  refreshReuseIntervalSeconds: 10,
  maxSeconds: null,
  inactivitySeconds: null,
  singlePerUser: false,
  cookiesEnabled: false,
};
const used = (replaced: number, activeParent: string | null): RefreshAttempt => ({
  ...fresh,
  presented: { hash: 'a', revoked: true, replacedAt: secondsAgo(replaced) },
  active: { hash: 'c', parentHash: activeParent },
});

test.each([
  ['the active token rotates', fresh, 'rotate'],
  ['a parent of the active token repeats it, however old', used(3600, 'a'), 'repeat-active'],
  ['a token replaced ten seconds ago repeats the active one', used(10, 'b'), 'repeat-active'],
  ['a token replaced longer ago ends the family', used(10.001, 'b'), 'revoke-family'],
  ['a token of a family that ended stays refused', { ...used(1, 'a'), active: null }, 'revoke-family'],
  ['a session past its end is over', { ...fresh, sessionEndsAt: now }, 'session-expired'],
  ['a session before its end goes on', { ...fresh, sessionEndsAt: new Date(now.getTime() + 1) }, 'rotate'],
  ['a banned user gets nothing', { ...fresh, bannedUntil: new Date(now.getTime() + 1) }, 'banned'],
  ['a ban that is over counts no more', { ...fresh, bannedUntil: now }, 'rotate'],
] as const)('%s', (_sentence, attempt, kind) => {
  expect(decideRefresh(attempt, sessionBounds(settings, now), now, 10)).toEqual({ kind });
});

test.each([
  ['begun too long ago', { maxSeconds: 7200 }, 'session-expired'],
  ['begun a moment less ago', { maxSeconds: 7201 }, 'rotate'],
  ['unused too long', { inactivitySeconds: 600 }, 'session-inactive'],
  ['unused a moment less long', { inactivitySeconds: 601 }, 'rotate'],
  ['whose token was not used for its life', { refreshTokenSeconds: 600 }, 'session-expired'],
] as const)('a session %s is judged by the settings of now', (_sentence, changed, kind) => {
  const bounds = sessionBounds({ ...settings, ...changed }, now);
  expect(decideRefresh(fresh, bounds, now, 10)).toEqual({ kind });
  // A replaced token of it is no way around.
  if (kind !== 'rotate') expect(decideRefresh(used(1, 'a'), bounds, now, 10)).toEqual({ kind });
});
