import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

// Titles are the sentences clients and their test suites compare, so they follow GoTrue word for word. Where GoTrue
// says one code for several situations, each situation has its own entry here.
const catalogue = {
  badJson: { kind: 'malformed', title: 'Could not parse request body as JSON: {detail}' },
  validationFailed: { kind: 'malformed', title: '{detail}' },

  noAuthorization: { kind: 'unauthenticated', title: 'This endpoint requires a valid Bearer token' },
  badJwt: { kind: 'forbidden', title: '{detail}' },
  notAdmin: { kind: 'forbidden', title: 'User not allowed' },
  userBanned: { kind: 'forbidden', title: 'User is banned' },
  subjectNotFound: { kind: 'forbidden', title: 'User from sub claim in JWT does not exist' },
  sessionNotFound: { kind: 'forbidden', title: 'Session from session_id claim in JWT does not exist' },
  insufficientAal: {
    kind: 'unauthenticated',
    title: 'AAL2 session is required to update email or password when MFA is enabled.',
  },

  invalidCredentials: { kind: 'malformed', title: 'Invalid login credentials' },
  signInBanned: { kind: 'malformed', title: 'User is banned' },
  emailNotConfirmed: { kind: 'malformed', title: 'Email not confirmed' },
  phoneNotConfirmed: { kind: 'malformed', title: 'Phone not confirmed' },
  emailLoginsDisabled: { kind: 'unprocessable', title: 'Email logins are disabled' },
  unsupportedGrantType: { kind: 'malformed', title: 'unsupported_grant_type' },
  flowStateNotFound: { kind: 'not_found', title: 'invalid flow state, no valid flow state found' },

  refreshTokenNotFound: { kind: 'malformed', title: 'Invalid Refresh Token: Refresh Token Not Found' },
  refreshTokenAlreadyUsed: { kind: 'malformed', title: 'Invalid Refresh Token: Already Used' },
  refreshSessionNotFound: { kind: 'malformed', title: 'Invalid Refresh Token: Session Not Found' },
  sessionExpired: { kind: 'malformed', title: 'Invalid Refresh Token: Session Expired' },
  refreshBanned: { kind: 'malformed', title: 'Invalid Refresh Token: User Banned' },

  signupDisabled: { kind: 'unprocessable', title: 'Signups not allowed for this instance' },
  anonymousProviderDisabled: { kind: 'unprocessable', title: 'Anonymous sign-ins are disabled' },
  emailSignupsDisabled: { kind: 'malformed', title: 'Email signups are disabled' },
  phoneProviderDisabled: { kind: 'malformed', title: 'Phone signups are disabled' },
  weakPassword: { kind: 'unprocessable', title: '{detail}' },
  samePassword: { kind: 'unprocessable', title: 'New password should be different from the old password.' },
  anonymousPassword: {
    kind: 'unprocessable',
    title: 'Updating password of an anonymous user without an email or phone is not allowed',
  },

  userAlreadyExists: { kind: 'unprocessable', title: 'User already registered' },
  emailExists: { kind: 'unprocessable', title: 'A user with this email address has already been registered' },
  phoneExists: { kind: 'unprocessable', title: 'A user with this phone number has already been registered' },
  idExists: { kind: 'unprocessable', title: 'A user with this id has already been registered' },
  userNotFound: { kind: 'not_found', title: 'User not found' },

  featureDisabled: { kind: 'unprocessable', title: '{detail}' },
  manualLinkingDisabled: { kind: 'not_found', title: 'Manual linking is disabled' },
  samlProviderDisabled: { kind: 'not_found', title: 'SAML 2.0 is disabled' },
  web3ProviderDisabled: { kind: 'unprocessable', title: 'Web3 provider is disabled' },
  mfaEnrollDisabled: { kind: 'unprocessable', title: 'MFA enroll is disabled for {factor}' },
  notFound: { kind: 'not_found', title: 'No endpoint of this service answers {method} {path}' },

  overRequestRateLimit: { kind: 'rate_limited', title: 'Request rate limit reached', retryable: true },
  requestTimeout: {
    kind: 'timeout',
    title: 'Processing this request timed out, please retry after a moment.',
    retryable: true,
  },
  databaseError: { kind: 'internal', title: 'Database error {attempt}' },
} as const;

/** Every refusal of this service; `routes/wire-errors.ts` says with which status and code a client hears it. */
export const identityErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors(
  'identity',
  catalogue,
);
