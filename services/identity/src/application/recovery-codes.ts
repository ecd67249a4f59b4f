import { randomUUID } from 'node:crypto';
import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { hashFactorCode } from '../domain/factor-secrets.ts';
import { drawRecoveryCodes } from '../domain/recovery-code.ts';
import { auditEntry } from './audit-entry.ts';
import { refuseEnrolment } from './enrol-factor.ts';
import { lockFactorHolder, type FactorHolder } from './factor-holder.ts';
import { noticeFactor } from './factor-notice.ts';
import { forgiveFailures } from './lockout.ts';
import type { RecoveryCodeSet } from './recovery-code-store.ts';
import type { Stores } from './stores.ts';
import { keepsRealFactor, removeFactor } from './unenrol-factor.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export const DEFAULT_RECOVERY_NAME = 'Recovery codes';

/** Codes just drawn; only hashes of them are kept, so they cannot be told again. */
export interface NewRecoveryCodes {
  readonly factorId: string;
  readonly friendlyName: string;
  readonly codes: readonly string[];
}

/** @throws {AshlarError} Those of `lockFactorHolder`, `identity.recovery_codes_not_found`. */
export function countRecoveryCodes(parts: IdentityParts, visit: Visit, bearer: Bearer): Promise<RecoveryCodeSet> {
  return parts.inTransaction(visit, async (stores) => {
    const { user } = await lockFactorHolder(stores, bearer, parts.now());
    return findSet(stores, user.id);
  });
}

/**
 * Draws the account's one set of codes, as a factor of its own besides a real one.
 *
 * @throws {AshlarError} Those of `lockFactorHolder`, `identity.mfa_recovery_codes_enroll_not_enabled`,
 *   `identity.aal2_required`, `identity.mfa_verified_factor_exists`, `identity.mfa_factor_name_conflict`,
 *   `identity.too_many_enrolled_mfa_factors`, `identity.mfa_recovery_codes_sole_factor`.
 */
export async function generateRecoveryCodes(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  friendlyName: string,
): Promise<NewRecoveryCodes> {
  refuseDisabled(visit);
  const now = parts.now();
  const [id, codes] = [randomUUID(), drawRecoveryCodes()];
  await parts.inTransaction(visit, async (stores) => {
    const holder = await lockFactorHolder(stores, bearer, now);
    const { user } = holder;
    requireAal2(holder, 'AAL2 required to generate recovery codes');
    if (user.factors.some(({ type }) => type === 'recovery_code')) {
      const detail = 'Recovery codes are already enrolled for this user, use regenerate to rotate them';
      throw factorErrors.mfaVerifiedFactorExists({ detail });
    }
    refuseEnrolment(holder, visit.settings.mfa, friendlyName);
    if (!keepsRealFactor(user, id)) {
      const detail = 'At least one other verified factor is required to generate recovery codes';
      throw factorErrors.mfaRecoveryCodesSoleFactor({ detail });
    }
    const factor = { id, userId: user.id, type: 'recovery_code', status: 'verified', friendlyName } as const;
    await stores.factors.add({ ...factor, secret: null, phone: null, at: now });
    await keepCodes(stores, visit, holder, id, codes, now);
    await noticeFactor(stores, visit, user, 'enrolled', 'recovery_code', now);
  });
  report(parts, visit, 'recovery-codes-generated', bearer.userId);
  return { factorId: id, friendlyName, codes };
}

/**
 * Draws a new set; no older code is worth anything from then on.
 *
 * @throws {AshlarError} Those of `lockFactorHolder`, `identity.mfa_recovery_codes_enroll_not_enabled`,
 *   `identity.aal2_required`, `identity.recovery_codes_not_found`.
 */
export async function regenerateRecoveryCodes(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
): Promise<NewRecoveryCodes> {
  refuseDisabled(visit);
  const now = parts.now();
  const codes = drawRecoveryCodes();
  const factor = await parts.inTransaction(visit, async (stores) => {
    const holder = await lockFactorHolder(stores, bearer, now);
    requireAal2(holder, 'AAL2 required to regenerate recovery codes');
    const held = holder.user.factors.find(({ type }) => type === 'recovery_code');
    if (held === undefined) throw factorErrors.recoveryCodesNotFound();
    await keepCodes(stores, visit, holder, held.id, codes, now);
    await forgiveFailures(stores, visit, { kind: 'factor', account: held.id });
    return held;
  });
  report(parts, visit, 'recovery-codes-generated', bearer.userId);
  return { factorId: factor.id, friendlyName: factor.friendlyName ?? '', codes };
}

/** @throws {AshlarError} Those of `lockFactorHolder`, `identity.aal2_required`, `identity.recovery_codes_not_found`. */
export async function removeRecoveryCodes(parts: IdentityParts, visit: Visit, bearer: Bearer): Promise<string> {
  const now = parts.now();
  const factorId = await parts.inTransaction(visit, async (stores) => {
    const holder = await lockFactorHolder(stores, bearer, now);
    const { user } = holder;
    requireAal2(holder, 'AAL2 required to delete recovery codes');
    const set = await findSet(stores, user.id);
    await removeFactor(stores, user, { id: set.factorId, type: 'recovery_code' }, now);
    const traits = { factor_id: set.factorId };
    await stores.audit(auditEntry('recovery_codes_deleted', user, visit.client.address, now, traits));
    await noticeFactor(stores, visit, user, 'unenrolled', 'recovery_code', now);
    return set.factorId;
  });
  report(parts, visit, 'recovery-codes-deleted', bearer.userId);
  return factorId;
}

async function keepCodes(
  stores: Stores,
  visit: Visit,
  { user }: FactorHolder,
  factorId: string,
  codes: readonly string[],
  at: Date,
): Promise<void> {
  const hashes = codes.map((code) => hashFactorCode(visit.project.keys.jwtSecret, factorId, code));
  await stores.recoveryCodes.replace(factorId, hashes, at);
  const traits = { factor_id: factorId, count: codes.length };
  await stores.audit(auditEntry('generate_recovery_codes', user, visit.client.address, at, traits));
}

async function findSet(stores: Stores, userId: string): Promise<RecoveryCodeSet> {
  const set = await stores.recoveryCodes.find(userId);
  if (set === null) throw factorErrors.recoveryCodesNotFound();
  return set;
}

function requireAal2({ level }: FactorHolder, detail: string): void {
  if (level === 'aal1') throw factorErrors.aal2Required({ detail });
}

function refuseDisabled(visit: Visit): void {
  if (!visit.settings.mfa.recoveryCodesEnabled) throw factorErrors.mfaRecoveryCodesEnrollNotEnabled();
}
