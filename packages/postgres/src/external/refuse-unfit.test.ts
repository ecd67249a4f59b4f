import { expect, test } from 'vitest';
import { refuseUnfit } from './refuse-unfit.ts';

const fit = { version: 150_004, walLevel: 'logical', replication: true };
const at = { address: 'db.example:5432', login: 'app' };

test('a server with everything is taken', () => {
  expect(() => refuseUnfit(fit, at)).not.toThrow();
});

test.each([
  ['an old server', { version: 140_012 }, 'postgres.server_too_old', undefined],
  [
    'one without a logical log',
    { walLevel: 'replica' },
    'postgres.wal_level_low',
    "ALTER SYSTEM SET wal_level = 'logical'",
  ],
  [
    'a login that may not read the log',
    { replication: false },
    'postgres.right_missing',
    'ALTER ROLE "app" REPLICATION',
  ],
])('%s is refused, with what would mend it', (_what, facts, code, hint) => {
  const refused = expect(() => refuseUnfit({ ...fit, ...facts }, at));
  refused.toThrow(expect.objectContaining({ code }));
  if (hint !== undefined) refused.toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
});
