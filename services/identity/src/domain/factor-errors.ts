import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

const catalogue = {
  mfaTotpEnrollNotEnabled: { kind: 'unprocessable', title: 'MFA enroll is disabled for TOTP' },
  mfaPhoneEnrollNotEnabled: { kind: 'unprocessable', title: 'MFA enroll is disabled for Phone' },
  mfaWebauthnEnrollNotEnabled: { kind: 'unprocessable', title: 'MFA enroll is disabled for WebAuthn' },
  mfaRecoveryCodesEnrollNotEnabled: { kind: 'unprocessable', title: 'MFA enroll is disabled for recovery codes' },
  mfaTotpVerifyNotEnabled: { kind: 'unprocessable', title: 'MFA verification is disabled for TOTP' },
  mfaPhoneVerifyNotEnabled: { kind: 'unprocessable', title: 'MFA verification is disabled for Phone' },
  mfaWebauthnVerifyNotEnabled: { kind: 'unprocessable', title: 'MFA verification is disabled for WebAuthn' },
  mfaRecoveryCodesVerifyNotEnabled: { kind: 'unprocessable', title: 'MFA verification is disabled for recovery codes' },

  anonymousNotAllowed: { kind: 'forbidden', title: 'Anonymous user not allowed to perform these actions' },
  aal2Required: { kind: 'forbidden', title: '{detail}' },
  unenrollAal2Required: { kind: 'unprocessable', title: 'AAL2 required to unenroll verified factor' },
  tooManyEnrolledMfaFactors: {
    kind: 'unprocessable',
    title: 'Maximum number of verified factors reached, unenroll to continue',
  },
  mfaFactorNameConflict: {
    kind: 'unprocessable',
    title: 'A factor with the friendly name {name} for this user already exists',
  },
  mfaVerifiedFactorExists: { kind: 'unprocessable', title: '{detail}' },
  mfaFactorNotFound: { kind: 'not_found', title: 'Factor not found' },
  mfaChallengeNotFound: { kind: 'unprocessable', title: 'MFA factor with the provided challenge ID not found' },
  mfaChallengeExpired: {
    kind: 'unprocessable',
    title: 'MFA challenge {id} has expired, verify against another challenge or create a new challenge.',
  },
  mfaIpAddressMismatch: { kind: 'unprocessable', title: 'Challenge and verify IP addresses mismatch.' },
  mfaVerificationFailed: { kind: 'unprocessable', title: '{detail}' },
  mfaVerificationRejected: { kind: 'forbidden', title: '{detail}' },
  mfaRecoveryCodesLocked: {
    kind: 'rate_limited',
    title: 'Too many failed verification attempts, try again in {retryAfterSeconds} seconds or use another factor',
    retryable: true,
  },
  mfaRecoveryCodesSoleFactor: { kind: 'unprocessable', title: '{detail}' },
  recoveryCodesNotFound: { kind: 'not_found', title: 'The user has not enrolled recovery codes' },
  mfaSmsTooSoon: {
    kind: 'rate_limited',
    title: 'For security purposes, you can only request this after {retryAfterSeconds} seconds.',
    retryable: true,
  },

  passkeyDisabled: { kind: 'not_found', title: 'Passkeys are disabled' },
  passkeyNotFound: { kind: 'not_found', title: 'Passkey not found' },
  tooManyPasskeys: { kind: 'unprocessable', title: 'Maximum number of passkeys reached' },
  webauthnChallengeNotFound: { kind: 'malformed', title: 'Challenge not found or already used' },
  webauthnChallengeExpired: { kind: 'malformed', title: 'Challenge has expired' },
  webauthnVerificationFailed: { kind: 'malformed', title: 'Credential verification failed' },
  webauthnCredentialExists: { kind: 'unprocessable', title: 'This credential is already registered' },
  passkeyEmailNotConfirmed: { kind: 'forbidden', title: 'Email not confirmed' },
  passkeyPhoneNotConfirmed: { kind: 'forbidden', title: 'Phone not confirmed' },
} as const;

/** Every refusal about second factors and passkeys, in the sentences clients compare. */
export const factorErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors(
  'identity',
  catalogue,
);

/** Codes on the wire that are not simply our own without their prefix. */
export const FACTOR_WIRE_CODES: Readonly<Record<string, string>> = {
  'identity.anonymous_not_allowed': 'no_authorization',
  'identity.aal2_required': 'insufficient_aal',
  'identity.unenroll_aal2_required': 'insufficient_aal',
  'identity.mfa_challenge_not_found': 'mfa_factor_not_found',
  'identity.recovery_codes_not_found': 'mfa_factor_not_found',
  'identity.mfa_sms_too_soon': 'over_sms_send_rate_limit',
  'identity.passkey_not_found': 'webauthn_credential_not_found',
  'identity.passkey_email_not_confirmed': 'email_not_confirmed',
  'identity.passkey_phone_not_confirmed': 'phone_not_confirmed',
};
