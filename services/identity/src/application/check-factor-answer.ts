import { sealingSecretOf } from '@ashlar/service';
import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { hashFactorCode, isSameHash, openTotpSecret } from '../domain/factor-secrets.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { matchTotpStep } from '../domain/totp.ts';
import { auditEntry } from './audit-entry.ts';
import { lockFactorHolder, type FactorHolder } from './factor-holder.ts';
import type { Challenge, FactorCeremony, HeldFactor } from './factor-store.ts';
import { countFailure, forgiveFailures } from './lockout.ts';
import { openFactor } from './open-factor.ts';
import type { Stores } from './stores.ts';
import type { AssertionResponse, CreationResponse } from './web-authn.ts';
import { CHALLENGE_LIFE_MS } from './web-authn.ts';
import type { Visit } from './visit.ts';

export type FactorAnswer = { readonly challengeId: string } & (
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'create'; readonly response: CreationResponse }
  | { readonly kind: 'request'; readonly response: AssertionResponse }
);

/** What a transaction found; the challenge of a right answer, and of any answer of a browser, is then used up. */
export interface Checked {
  readonly holder: FactorHolder;
  readonly factor: HeldFactor;
  /** Whether the code was right; of a browser's answer it is still to be seen. */
  readonly valid: boolean;
  readonly ceremony: FactorCeremony | null;
}

/**
 * Holds an answer against its challenge. The factor stays locked meanwhile, so of many answers at once one counts.
 *
 * @throws {AshlarError} Those of `lockFactorHolder` and `openFactor`, `identity.mfa_challenge_not_found`,
 *   `identity.mfa_challenge_expired` (a used one too), `identity.mfa_ip_address_mismatch`.
 */
export async function checkFactorAnswer(
  stores: Stores,
  visit: Visit,
  bearer: Bearer,
  factorId: string,
  answer: FactorAnswer,
  now: Date,
): Promise<Checked> {
  const holder = await lockFactorHolder(stores, bearer, now);
  const factor = await openFactor(stores, visit, holder, factorId, now);
  const challenge = await openChallenge(stores, visit, factor, answer.challengeId, now);
  if (factor.type === 'webauthn') {
    const ceremony = readCeremony(challenge, answer);
    await stores.factors.useChallenge(challenge.id, now);
    return { holder, factor, valid: false, ceremony };
  }
  if (answer.kind !== 'code' || answer.code === '') {
    throw identityErrors.validationFailed({ detail: 'Code needs to be non-empty' });
  }
  const valid = await checkCode(stores, visit, factor, challenge, answer.code, now);
  const traits = { factor_id: factorId, challenge_id: challenge.id, factor_type: factor.type, valid };
  await stores.audit(auditEntry('verification_attempted', holder.user, visit.client.address, now, traits));
  return { holder, factor, valid, ceremony: null };
}

async function openChallenge(
  stores: Stores,
  visit: Visit,
  factor: HeldFactor,
  challengeId: string,
  now: Date,
): Promise<Challenge> {
  const challenge = await stores.factors.findChallenge(challengeId, factor.id, visit.client.address);
  if (challenge === null) throw factorErrors.mfaChallengeNotFound();
  if (!challenge.isSameAddress) throw factorErrors.mfaIpAddressMismatch();
  const agedMs = now.getTime() - challenge.createdAt.getTime();
  if (challenge.verifiedAt !== null || agedMs >= CHALLENGE_LIFE_MS) {
    throw factorErrors.mfaChallengeExpired({ id: challengeId });
  }
  return challenge;
}

function readCeremony({ ceremony }: Challenge, answer: FactorAnswer): FactorCeremony {
  if (answer.kind === 'code') throw identityErrors.validationFailed({ detail: 'WebAuthn config required' });
  if (ceremony === null) throw factorErrors.mfaChallengeNotFound();
  if (ceremony.type === answer.kind) return ceremony;
  throw identityErrors.validationFailed({ detail: `WebAuthn type must be ${ceremony.type} for this challenge` });
}

async function checkCode(
  stores: Stores,
  visit: Visit,
  factor: HeldFactor,
  challenge: Challenge,
  code: string,
  now: Date,
): Promise<boolean> {
  const { jwtSecret } = visit.project.keys;
  if (factor.type === 'phone') {
    const hash = hashFactorCode(jwtSecret, challenge.id, code);
    if (challenge.codeHash === null || !isSameHash(challenge.codeHash, hash)) {
      await countFailure(stores, visit, { kind: 'factor', account: factor.id }, now);
      return false;
    }
    await takeCode(stores, visit, factor, challenge, null, now);
    return true;
  }
  const step = matchTotpStep(
    openTotpSecret(sealingSecretOf(visit.project.keys), factor.id, factor.secret ?? ''),
    code,
    now,
  );
  if (step === null) {
    await countFailure(stores, visit, { kind: 'factor', account: factor.id }, now);
    return false;
  }
  // Whoever looked over a shoulder has a right code too; it is refused, and is no guess.
  if (factor.lastStep !== null && step <= factor.lastStep) return false;
  await takeCode(stores, visit, factor, challenge, step, now);
  return true;
}

async function takeCode(
  stores: Stores,
  visit: Visit,
  factor: HeldFactor,
  challenge: Challenge,
  step: number | null,
  now: Date,
): Promise<void> {
  await Promise.all([
    stores.factors.useChallenge(challenge.id, now),
    step === null ? undefined : stores.factors.keepStep(factor.id, step),
    forgiveFailures(stores, visit, { kind: 'factor', account: factor.id }),
  ]);
}
