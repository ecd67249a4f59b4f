import { must } from '@ashlar/kernel';
import { factorErrors } from '../domain/factor-errors.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Factor, User } from '../domain/user.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import { noticeFactor } from './factor-notice.ts';
import type { Stores } from './stores.ts';
import { keepsRealFactor, removeFactor } from './unenrol-factor.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export interface FactorChanges {
  readonly friendlyName: string | null;
  /** Digits as normalised; of a phone factor only. */
  readonly phone: string | null;
}

/** @throws {AshlarError} `identity.user_not_found` */
export function adminListFactors(parts: IdentityParts, visit: Visit, userId: string): Promise<readonly Factor[]> {
  return parts.inTransaction(visit, async (stores) => {
    const user = await stores.users.findById(userId);
    if (user === null) throw identityErrors.userNotFound();
    return user.factors;
  });
}

/** @throws {AshlarError} `identity.user_not_found`, `identity.mfa_factor_not_found`, `identity.mfa_factor_name_conflict`. */
export async function adminUpdateFactor(
  parts: IdentityParts,
  visit: Visit,
  userId: string,
  factorId: string,
  { friendlyName, phone }: FactorChanges,
): Promise<Factor> {
  const now = parts.now();
  const updated = await parts.inTransaction(visit, async (stores) => {
    const { user, factor } = await lockFactorOf(stores, userId, factorId);
    if (friendlyName !== null) {
      const isTaken = user.factors.some((other) => other.id !== factorId && other.friendlyName === friendlyName);
      if (isTaken) throw factorErrors.mfaFactorNameConflict({ name: JSON.stringify(friendlyName) });
      await stores.factors.rename(factorId, friendlyName, now);
    }
    if (phone !== null && factor.type === 'phone') {
      const isTaken = user.factors.some((other) => other.id !== factorId && other.phone === phone);
      if (isTaken) throw factorErrors.mfaVerifiedFactorExists({ detail: 'A phone factor with this number exists' });
      await stores.factors.setPhone(factorId, phone, now);
    }
    await stores.audit(
      auditEntry('factor_updated', SERVICE_ACTOR, visit.client.address, now, { user_id: userId, factor_id: factorId }),
    );
    const after = must(await stores.users.findById(userId), 'the user whose factor was updated');
    return must(
      after.factors.find(({ id }) => id === factorId),
      'the factor just updated',
    );
  });
  report(parts, visit, 'factor-updated', userId);
  return updated;
}

/**
 * Removes a factor whose owner lost it. Recovery codes that would be left alone go with it.
 *
 * @throws {AshlarError} `identity.user_not_found`, `identity.mfa_factor_not_found`.
 */
export async function adminDeleteFactor(
  parts: IdentityParts,
  visit: Visit,
  userId: string,
  factorId: string,
): Promise<Factor> {
  const now = parts.now();
  const deleted = await parts.inTransaction(visit, async (stores) => {
    const { user, factor } = await lockFactorOf(stores, userId, factorId);
    const codes = user.factors.find(({ id, type }) => type === 'recovery_code' && id !== factorId);
    const leaving = codes === undefined || keepsRealFactor(user, factorId) ? [factor] : [factor, codes];
    for (const each of leaving) {
      await removeFactor(stores, user, each, now);
      const traits = { user_id: userId, factor_id: each.id };
      await stores.audit(auditEntry('factor_deleted', SERVICE_ACTOR, visit.client.address, now, traits));
    }
    if (factor.status === 'verified') await noticeFactor(stores, visit, user, 'unenrolled', factor.type, now);
    return factor;
  });
  report(parts, visit, 'factor-deleted', userId);
  return deleted;
}

async function lockFactorOf(
  stores: Stores,
  userId: string,
  factorId: string,
): Promise<{ readonly user: User; readonly factor: Factor }> {
  const [, user] = await Promise.all([stores.users.lock(userId), stores.users.findById(userId)]);
  if (user === null) throw identityErrors.userNotFound();
  const factor = user.factors.find(({ id }) => id === factorId);
  if (factor === undefined) throw factorErrors.mfaFactorNotFound();
  return { user, factor };
}
