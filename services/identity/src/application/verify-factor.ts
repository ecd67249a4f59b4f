import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { isCounterRegression, relyingPartyOf } from '../domain/relying-party.ts';
import type { Factor } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { checkFactorAnswer, type Checked, type FactorAnswer } from './check-factor-answer.ts';
import { consultVerificationHook } from './consult-verification-hook.ts';
import { lockFactorHolder } from './factor-holder.ts';
import { noticeFactor } from './factor-notice.ts';
import type { HeldFactor } from './factor-store.ts';
import { openFactor } from './open-factor.ts';
import { raiseSession } from './raise-session.ts';
import { renderSession, type OpenSession, type SessionDocument } from './session-document.ts';
import type { Stores } from './stores.ts';
import type { NewCredential } from './web-authn.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

const WRONG: Readonly<Record<Factor['type'], string>> = {
  totp: 'Invalid TOTP code entered',
  phone: 'Invalid MFA Phone code entered',
  webauthn: 'Invalid WebAuthn credential',
  recovery_code: 'Invalid recovery code entered',
};

/** A browser's answer that held: the new key pair, or the known one with the counter it showed. */
type Signed =
  | { readonly kind: 'created'; readonly credential: NewCredential }
  | { readonly kind: 'asserted'; readonly counter: number };

/**
 * Takes the answer to a challenge and lifts the session to the second level. The first right answer makes the factor
 * a verified one and ends the user's sessions no factor has proven. The challenge is used up in a transaction of its
 * own before signatures are checked and the hook is asked, so that neither is waited for with a lock in hand.
 *
 * @throws {AshlarError} Those of `checkFactorAnswer`, `identity.mfa_verification_failed`,
 *   `identity.mfa_verification_rejected`.
 */
export async function verifyFactor(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  factorId: string,
  answer: FactorAnswer,
): Promise<SessionDocument> {
  const now = parts.now();
  const checked = await parts.inTransaction(visit, (stores) =>
    checkFactorAnswer(stores, visit, bearer, factorId, answer, now),
  );
  const { factor, holder } = checked;
  const signed = await finishCeremony(parts, visit, checked, answer);
  const valid = checked.valid || signed !== null;
  await consultVerificationHook(parts, visit, { userId: holder.user.id, factorId, factorType: factor.type, valid });
  if (!valid) return refuse(parts, visit, checked);

  const opened = await parts.inTransaction(visit, (stores) =>
    accept(stores, visit, bearer, factor.id, signed, parts.now()),
  );
  if (opened === 'cloned') return refuse(parts, visit, checked);
  report(parts, visit, 'factor-verified', holder.user.id);
  return renderSession(parts, visit, opened);
}

async function refuse(parts: IdentityParts, visit: Visit, { factor, holder }: Checked): Promise<never> {
  if (factor.type === 'webauthn') {
    const traits = { factor_id: factor.id, factor_type: factor.type, valid: false };
    const entry = auditEntry('verification_attempted', holder.user, visit.client.address, parts.now(), traits);
    await parts.inTransaction(visit, (stores) => stores.audit(entry));
  }
  report(parts, visit, 'factor-refused', holder.user.id);
  throw factorErrors.mfaVerificationFailed({ detail: WRONG[factor.type] });
}

async function finishCeremony(
  { webAuthn }: IdentityParts,
  visit: Visit,
  { factor, ceremony }: Checked,
  answer: FactorAnswer,
): Promise<Signed | null> {
  if (ceremony === null) return null;
  const expected = {
    challenge: ceremony.challenge,
    party: relyingPartyOf(visit.settings),
    userVerification: 'preferred',
  } as const;
  if (answer.kind === 'create') {
    const credential = await webAuthn.finishCreation(answer.response, expected);
    return credential === null ? null : { kind: 'created', credential };
  }
  if (answer.kind !== 'request' || factor.credential === null) return null;
  const asserted = await webAuthn.finishAssertion(answer.response, factor.credential, expected);
  return asserted === null ? null : { kind: 'asserted', counter: asserted.counter };
}

async function accept(
  stores: Stores,
  visit: Visit,
  bearer: Bearer,
  factorId: string,
  signed: Signed | null,
  now: Date,
): Promise<OpenSession | 'cloned'> {
  const holder = await lockFactorHolder(stores, bearer, now);
  const factor = await openFactor(stores, visit, holder, factorId, now);
  const { user } = holder;
  const isFirst = factor.status === 'unverified';
  if (signed !== null) {
    const kept = await keepSigned(stores, factor, signed, now);
    if (!kept) return 'cloned';
    const traits = { factor_id: factorId, factor_type: factor.type, valid: true };
    await stores.audit(auditEntry('verification_attempted', user, visit.client.address, now, traits));
  }
  if (isFirst) {
    await stores.factors.markVerified(factorId, now);
    await noticeFactor(stores, visit, user, 'enrolled', factor.type, now);
  }
  // Older sessions fall short of what the account's owner asks for from now on.
  return raiseSession(stores, visit, holder, factor, isFirst, now);
}

/** False for a counter that shows a copy of the authenticator, or a factor that got its credential meanwhile. */
async function keepSigned(
  stores: Stores,
  { id, status, credential: known }: HeldFactor,
  signed: Signed,
  now: Date,
): Promise<boolean> {
  if (signed.kind === 'created') {
    if (known !== null || status === 'verified') return false;
    const { aaguid, backupEligible: _eligible, backedUp: _backedUp, ...credential } = signed.credential;
    await stores.factors.keepCredential(id, credential, aaguid, now);
    return true;
  }
  if (known === null || isCounterRegression(known.counter, signed.counter)) return false;
  await stores.factors.keepCredential(id, { ...known, counter: signed.counter }, null, now);
  return true;
}
