import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { hashFactorCode } from '../domain/factor-secrets.ts';
import { normaliseRecoveryCode } from '../domain/recovery-code.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { auditEntry } from './audit-entry.ts';
import { consultVerificationHook } from './consult-verification-hook.ts';
import { lockFactorHolder, type FactorHolder } from './factor-holder.ts';
import { countFailure, forgiveFailures, lockedSeconds } from './lockout.ts';
import { raiseSession } from './raise-session.ts';
import { renderSession, type SessionDocument } from './session-document.ts';
import type { Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

interface Checked {
  readonly holder: FactorHolder;
  readonly factorId: string;
  readonly valid: boolean;
}

/**
 * Uses one recovery code up and lifts the session to the second level. Sessions no factor has proven end: whoever
 * lost a factor may well have lost it to somebody.
 *
 * @throws {AshlarError} Those of `lockFactorHolder`, `identity.mfa_recovery_codes_verify_not_enabled`,
 *   `identity.mfa_recovery_codes_locked`, `identity.mfa_verification_failed`, `identity.mfa_verification_rejected`.
 */
export async function verifyRecoveryCode(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  typed: string,
): Promise<SessionDocument> {
  if (!visit.settings.mfa.recoveryCodesEnabled) throw factorErrors.mfaRecoveryCodesVerifyNotEnabled();
  const code = normaliseRecoveryCode(typed);
  if (code === '') throw identityErrors.validationFailed({ detail: 'Code needs to be non-empty' });
  const now = parts.now();
  const { holder, factorId, valid } = await parts.inTransaction(visit, (stores) =>
    useCode(stores, visit, bearer, code, now),
  );
  const userId = holder.user.id;
  await consultVerificationHook(parts, visit, { userId, factorId, factorType: 'recovery_code', valid });
  if (!valid) {
    report(parts, visit, 'factor-refused', userId);
    throw factorErrors.mfaVerificationFailed({ detail: 'Invalid recovery code entered' });
  }
  const opened = await parts.inTransaction(visit, async (stores) => {
    const current = await lockFactorHolder(stores, bearer, now);
    return raiseSession(stores, visit, current, { id: factorId, type: 'recovery_code' }, true, now);
  });
  report(parts, visit, 'recovery-code-used', userId);
  return renderSession(parts, visit, opened);
}

async function useCode(stores: Stores, visit: Visit, bearer: Bearer, code: string, now: Date): Promise<Checked> {
  const holder = await lockFactorHolder(stores, bearer, now);
  const { user } = holder;
  const held = user.factors.find(({ type }) => type === 'recovery_code');
  const factor = held === undefined ? null : await stores.factors.lock(held.id, user.id);
  if (factor === null) throw factorErrors.mfaVerificationFailed({ detail: 'Invalid recovery code entered' });
  const guess = { kind: 'factor', account: factor.id } as const;
  const retryAfterSeconds = await lockedSeconds(stores, visit, guess, now);
  if (retryAfterSeconds > 0) throw factorErrors.mfaRecoveryCodesLocked({ retryAfterSeconds });

  const hash = hashFactorCode(visit.project.keys.jwtSecret, factor.id, code);
  const valid = await stores.recoveryCodes.use(factor.id, hash, now);
  if (valid) await forgiveFailures(stores, visit, guess);
  else await countFailure(stores, visit, guess, now);
  const action = valid ? 'mfa_code_login' : 'verification_attempted';
  const traits = { factor_id: factor.id, factor_type: factor.type, valid };
  await stores.audit(auditEntry(action, user, visit.client.address, now, traits));
  return { holder, factorId: factor.id, valid };
}
