import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { deriveRefreshToken, hashRefreshToken, MIN_REFRESH_TOKEN_LENGTH } from './refresh-token.ts';

test('the successor of a token is the same whoever computes it, and another for every secret and parent', () => {
  const seen = new Set<string>();
  for (const secret of ['one secret', 'another secret']) {
    for (const parent of ['a session', 'p1', 'p2']) {
      const token = deriveRefreshToken(secret, parent);
      expect(deriveRefreshToken(secret, parent)).toBe(token);
      expect(token).toMatch(/^[\w-]{32}$/);
      expect(token.length).toBeGreaterThan(MIN_REFRESH_TOKEN_LENGTH);
      seen.add(token);
    }
  }
  expect(seen.size).toBe(6);
});

test('a stored hash is never a token', () => {
  assert(
    property(string(), (token) => {
      expect(hashRefreshToken(hashRefreshToken(token))).not.toBe(hashRefreshToken(token));
      expect(hashRefreshToken(token)).toMatch(/^[0-9a-f]{64}$/);
    }),
    { seed: 1 },
  );
});
