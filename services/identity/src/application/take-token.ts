import { contactOf, type Contact } from '../domain/contact.ts';
import { guardSubject, hashMailedCode, isHashOf, MAX_GUESSES, MAX_WRONG_TRIES } from '../domain/mailed-code.ts';
import type { OneTimeToken, OneTimeTokenType } from './one-time-token-store.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/**
 * Takes the token a link names, with its account locked. Null when there is none, or it is too old: guessing costs
 * nothing but the asking, as nobody can guess a hash.
 */
export async function takeByHash(
  stores: Stores,
  visit: Visit,
  hash: string,
  types: readonly OneTimeTokenType[],
  now: Date,
): Promise<OneTimeToken | null> {
  const token = await stores.tokens.findByHash(hash, types);
  if (token === null || isTooOld(visit, token, now)) return null;
  await stores.users.lock(token.userId);
  return (await stores.tokens.take(token)) ? token : null;
}

/**
 * Takes the token of a typed code, with its account locked. Guesses at one address come one after the other and are
 * counted, by token and by address, whether or not the address waits for a code: the caller must let the transaction
 * commit when the answer is null, and then refuse.
 *
 * @param ofUser Only tokens of this account count; null = of any.
 */
export async function takeByCode(
  stores: Stores,
  visit: Visit,
  { value }: Contact,
  code: string,
  types: readonly OneTimeTokenType[],
  ofUser: string | null,
  now: Date,
): Promise<OneTimeToken | null> {
  const { jwtSecret } = visit.project.keys;
  const subject = guardSubject(jwtSecret, value);
  const guesses = await stores.guards.lockGuesses(subject, now);
  const listed = await stores.tokens.listByAddress(value, types);
  const open = listed.filter((token) => (ofUser === null || token.userId === ofUser) && !isTooOld(visit, token, now));
  const hash = hashMailedCode(jwtSecret, value, code);
  const match = open.find((token) => isHashOf(token.hash, hash) && token.wrongTries < MAX_WRONG_TRIES);
  if (match !== undefined && guesses < MAX_GUESSES) {
    await stores.users.lock(match.userId);
    if (await stores.tokens.take(match)) {
      await stores.guards.forgiveGuesses(subject);
      return match;
    }
  }
  await Promise.all([stores.tokens.countWrongTry(open), stores.guards.countGuess(subject)]);
  return null;
}

function isTooOld({ settings }: Visit, { address, issuedAt }: OneTimeToken, now: Date): boolean {
  const { otpSeconds } = settings[contactOf(address).kind];
  return now.getTime() - issuedAt.getTime() >= otpSeconds * 1000;
}
