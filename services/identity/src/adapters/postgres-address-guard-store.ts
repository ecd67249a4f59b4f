import type { Transaction } from '@ashlar/postgres';
import type { AddressGuardStore } from '../application/address-guard-store.ts';
import { GUESS_WINDOW_MS } from '../domain/mailed-code.ts';

/** Every claim forgets so many rows nobody needs any more, more than it can add. */
const SWEPT_AT_ONCE = 20;
const GUESSES = 'guesses';

export function createPostgresAddressGuardStore(tx: Transaction): AddressGuardStore {
  return {
    async claimMessage({ subject, purpose, intervalSeconds, at }) {
      // The row stays locked until the commit: of many requests at once one is granted, and the others see its time.
      const [claimed, kept] = await Promise.all([
        tx.query(CLAIM, [subject, purpose, at, intervalSeconds]),
        tx.query<{ since: Date }>('select at as since from auth.address_guards where subject = $1 and purpose = $2', [
          subject,
          purpose,
        ]),
        tx.query(SWEEP, [new Date(at.getTime() - GUESS_WINDOW_MS)]),
      ]);
      if (claimed.rowCount === 1) return 0;
      const sinceMs = kept.rows[0]?.since.getTime() ?? at.getTime();
      return Math.max(Math.ceil((sinceMs + intervalSeconds * 1000 - at.getTime()) / 1000), 1);
    },

    async lockGuesses(subject, at) {
      const { rows } = await tx.query<{ count: number }>(LOCK_GUESSES, [
        subject,
        GUESSES,
        at,
        new Date(at.getTime() - GUESS_WINDOW_MS),
      ]);
      return rows[0]?.count ?? 0;
    },

    async countGuess(subject) {
      await tx.query('update auth.address_guards set count = count + 1 where subject = $1 and purpose = $2', [
        subject,
        GUESSES,
      ]);
    },

    async forgiveGuesses(subject) {
      await tx.query('delete from auth.address_guards where subject = $1 and purpose = $2', [subject, GUESSES]);
    },
  };
}

// A time in the future is a clock that was set back: it must not keep anybody waiting.
const CLAIM = `
  insert into auth.address_guards as guard (subject, purpose, at) values ($1, $2, $3::timestamptz)
  on conflict (subject, purpose) do update set at = excluded.at
  where guard.at <= excluded.at - make_interval(secs => $4::float8) or guard.at > excluded.at`;

const LOCK_GUESSES = `
  insert into auth.address_guards as guard (subject, purpose, at) values ($1, $2, $3::timestamptz)
  on conflict (subject, purpose) do update
  set count = case when guard.at <= $4::timestamptz then 0 else guard.count end,
    at = case when guard.at <= $4::timestamptz then excluded.at else guard.at end
  returning count`;

const SWEEP = `
  delete from auth.address_guards where (subject, purpose) in (
    select subject, purpose from auth.address_guards where at <= $1 order by at limit ${SWEPT_AT_ONCE}
    for update skip locked)`;
