import { factorErrors } from '../domain/factor-errors.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { MfaSettings } from '../domain/settings.ts';
import { requireProvenSession, type FactorHolder } from './factor-holder.ts';
import type { HeldFactor } from './factor-store.ts';
import { refuseLocked } from './lockout.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/**
 * Locks a factor that may be challenged and answered right now.
 *
 * @throws {AshlarError} `identity.mfa_factor_not_found`, `identity.mfa_<type>_verify_not_enabled`,
 *   `identity.aal2_required` when it would be one more besides a verified one, `identity.over_request_rate_limit` after
 *   too many wrong codes.
 */
export async function openFactor(
  stores: Stores,
  visit: Visit,
  holder: FactorHolder,
  factorId: string,
  now: Date,
): Promise<HeldFactor> {
  const factor = await stores.factors.lock(factorId, holder.user.id);
  if (factor === null) throw factorErrors.mfaFactorNotFound();
  refuseDisabled(visit.settings.mfa, factor);
  // Somebody may have begun a factor of their own with nothing but the password, before the owner had any.
  if (factor.status === 'unverified') requireProvenSession(holder, 'AAL2 required to enroll a new factor');
  await refuseLocked(stores, visit, { kind: 'factor', account: factorId }, now);
  return factor;
}

function refuseDisabled(mfa: MfaSettings, { type }: HeldFactor): void {
  switch (type) {
    case 'totp':
      if (!mfa.totp.verify) throw factorErrors.mfaTotpVerifyNotEnabled();
      return;
    case 'phone':
      if (!mfa.phone.verify) throw factorErrors.mfaPhoneVerifyNotEnabled();
      return;
    case 'webauthn':
      if (!mfa.webauthn.verify) throw factorErrors.mfaWebauthnVerifyNotEnabled();
      return;
    case 'recovery_code':
      throw identityErrors.validationFailed({ detail: 'factor_type needs to be totp, phone, or webauthn' });
  }
}
