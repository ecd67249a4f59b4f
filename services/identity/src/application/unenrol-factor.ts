import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Factor, User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { lockFactorHolder, METHOD_OF } from './factor-holder.ts';
import { noticeFactor } from './factor-notice.ts';
import type { Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Removes a factor; sessions it had proven fall back to the first level.
 *
 * @throws {AshlarError} Those of `lockFactorHolder`, `identity.mfa_factor_not_found`,
 *   `identity.unenroll_aal2_required`, `identity.mfa_recovery_codes_sole_factor`.
 */
export async function unenrolFactor(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  factorId: string,
): Promise<void> {
  const now = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const { user, level, sessionId } = await lockFactorHolder(stores, bearer, now);
    const factor = user.factors.find(({ id }) => id === factorId);
    if (factor === undefined) throw factorErrors.mfaFactorNotFound();
    if (factor.type === 'recovery_code') {
      const detail = 'Recovery codes cannot be unenrolled with this endpoint, use DELETE /factors/recovery-codes';
      throw identityErrors.validationFailed({ detail });
    }
    if (factor.status === 'verified' && level === 'aal1') throw factorErrors.unenrollAal2Required();
    refuseLoneRecoveryCodes(user, factor);
    await removeFactor(stores, user, factor, now);
    const traits = { factor_id: factorId, factor_status: factor.status, session_id: sessionId };
    await stores.audit(auditEntry('factor_unenrolled', user, visit.client.address, now, traits));
    if (factor.status === 'verified') await noticeFactor(stores, visit, user, 'unenrolled', factor.type, now);
  });
  report(parts, visit, 'factor-unenrolled', bearer.userId);
}

/** Takes the factor away from the account and from every session it had proven. */
export async function removeFactor(
  stores: Stores,
  user: User,
  { id, type }: Pick<Factor, 'id' | 'type'>,
  at: Date,
): Promise<void> {
  await stores.assurance.lockSessions(user.id, null);
  await Promise.all([stores.factors.remove(id), stores.assurance.lower(user.id, id, METHOD_OF[type], at)]);
}

/** Whether the account keeps a verified factor besides recovery codes once this one is gone. */
export function keepsRealFactor(user: User, leaving: string): boolean {
  return user.factors.some(
    ({ id, type, status }) => id !== leaving && type !== 'recovery_code' && status === 'verified',
  );
}

function refuseLoneRecoveryCodes(user: User, leaving: Factor): void {
  const hasCodes = user.factors.some(({ type }) => type === 'recovery_code');
  if (!hasCodes || leaving.status !== 'verified' || keepsRealFactor(user, leaving.id)) return;
  throw factorErrors.mfaRecoveryCodesSoleFactor({
    detail:
      'Recovery codes cannot be the only verified factor. Please enroll another factor before unenrolling this one ' +
      'or delete your recovery codes.',
  });
}
