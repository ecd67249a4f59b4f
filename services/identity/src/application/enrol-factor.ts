import { randomBytes, randomUUID } from 'node:crypto';
import { sealingSecretOf } from '@ashlar/service';
import type { Bearer } from '../domain/bearer.ts';
import { encodeBase32 } from '../domain/base32.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { sealTotpSecret } from '../domain/factor-secrets.ts';
import type { MfaSettings } from '../domain/settings.ts';
import { TOTP_SECRET_BYTES, totpUri } from '../domain/totp.ts';
import type { User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { lockFactorHolder, requireProvenSession, type FactorHolder } from './factor-holder.ts';
import type { Stores } from './stores.ts';
import { CHALLENGE_LIFE_MS } from './web-authn.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export type FactorToEnrol = { readonly friendlyName: string } & (
  | {
      readonly type: 'totp';
      /** '' = the host of the site. */
      readonly issuer: string;
    }
  | {
      readonly type: 'phone';
      /** Digits as normalised. */
      readonly phone: string;
    }
  | { readonly type: 'webauthn' }
);

export interface EnrolledFactor {
  readonly id: string;
  readonly type: FactorToEnrol['type'];
  readonly friendlyName: string;
  readonly phone: string | null;
  /** Told once, for the owner's authenticator app. */
  readonly totp: { readonly secret: string; readonly uri: string } | null;
}

/** Longer accounts would not fit into a QR code with the rest. */
const MAX_ACCOUNT_LENGTH = 500;

/**
 * Begins a factor, which counts for nothing until it was verified. One that was begun and not gone on with makes room.
 *
 * @throws {AshlarError} Those of `lockFactorHolder`, `identity.mfa_<type>_enroll_not_enabled`,
 *   `identity.aal2_required`, `identity.too_many_enrolled_mfa_factors`, `identity.mfa_factor_name_conflict`,
 *   `identity.mfa_verified_factor_exists`.
 */
export async function enrolFactor(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  wanted: FactorToEnrol,
): Promise<EnrolledFactor> {
  refuseDisabled(visit.settings.mfa, wanted.type);
  const now = parts.now();
  const id = randomUUID();
  const secret = wanted.type === 'totp' ? randomBytes(TOTP_SECRET_BYTES) : null;
  const phone = wanted.type === 'phone' ? wanted.phone : null;

  const user = await parts.inTransaction(visit, async (stores) => {
    const holder = await makeRoom(stores, bearer, wanted, now);
    refuseEnrolment(holder, visit.settings.mfa, wanted.friendlyName);
    const { friendlyName, type } = wanted;
    const sealed = secret === null ? null : sealTotpSecret(sealingSecretOf(visit.project.keys), id, secret);
    const userId = holder.user.id;
    await Promise.all([
      stores.factors.add({ id, userId, type, status: 'unverified', friendlyName, secret: sealed, phone, at: now }),
      stores.audit(
        auditEntry('factor_in_progress', holder.user, visit.client.address, now, { factor_id: id, factor_type: type }),
      ),
    ]);
    return holder.user;
  });
  report(parts, visit, 'factor-begun', user.id);
  return {
    id,
    type: wanted.type,
    friendlyName: wanted.friendlyName,
    phone,
    totp:
      secret === null || wanted.type !== 'totp'
        ? null
        : { secret: encodeBase32(secret), uri: totpUri(secret, issuerOf(visit, wanted.issuer), accountOf(user)) },
  };
}

/** The holder as it is once factors nobody went on with are forgotten. */
async function makeRoom(stores: Stores, bearer: Bearer, wanted: FactorToEnrol, now: Date): Promise<FactorHolder> {
  const before = await lockFactorHolder(stores, bearer, now);
  const phone = wanted.type === 'phone' ? wanted.phone : null;
  if (before.user.factors.some((factor) => factor.phone === phone && phone !== null && factor.status === 'verified')) {
    throw factorErrors.mfaVerifiedFactorExists({
      detail: 'A verified phone factor already exists, unenroll the existing factor to continue',
    });
  }
  await stores.factors.removeUnverified(before.user.id, new Date(now.getTime() - CHALLENGE_LIFE_MS), phone);
  return lockFactorHolder(stores, bearer, now);
}

/** What holds for every new factor, the recovery codes too. */
export function refuseEnrolment(holder: FactorHolder, { maxFactors }: MfaSettings, friendlyName: string): void {
  requireProvenSession(holder, 'AAL2 required to enroll a new factor');
  const { factors } = holder.user;
  if (friendlyName !== '' && factors.some((factor) => factor.friendlyName === friendlyName)) {
    throw factorErrors.mfaFactorNameConflict({ name: JSON.stringify(friendlyName) });
  }
  if (factors.length >= maxFactors) throw factorErrors.tooManyEnrolledMfaFactors();
}

function refuseDisabled(mfa: MfaSettings, type: FactorToEnrol['type']): void {
  if (mfa[type].enroll) return;
  switch (type) {
    case 'totp':
      throw factorErrors.mfaTotpEnrollNotEnabled();
    case 'phone':
      throw factorErrors.mfaPhoneEnrollNotEnabled();
    case 'webauthn':
      throw factorErrors.mfaWebauthnEnrollNotEnabled();
  }
}

function issuerOf(visit: Visit, wanted: string): string {
  return wanted === '' ? new URL(visit.settings.general.siteUrl).host : wanted;
}

function accountOf(user: User): string {
  const account = user.email ?? user.phone ?? user.id;
  return encodeURIComponent(account).length > MAX_ACCOUNT_LENGTH ? user.id : account;
}
