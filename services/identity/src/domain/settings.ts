import type { SmtpServer, TwilioAccount } from '@ashlar/delivery';

/** Settings of the accounts of one project as they are in force; `settings-schema.ts` says what each member may be. */
export interface IdentitySettings {
  readonly general: GeneralSettings;
  readonly sessions: SessionSettings;
  readonly password: PasswordSettings;
  readonly email: EmailSettings;
  readonly phone: PhoneSettings;
  readonly mail: MailSettings;
  /** By key of the provider: `google`, `github`, …, or `custom:<id>` for any issuer. */
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly mfa: MfaSettings;
  readonly passkeys: PasskeySettings;
  readonly hooks: HookSettings;
  readonly protection: ProtectionSettings;
}

export type SettingsSection = keyof IdentitySettings;

/** Where the application lives and who may come. */
export interface GeneralSettings {
  readonly siteUrl: string;
  /** Further targets of redirects; `*` stops at `.` and `/`, `**` does not, `?` is one character. */
  readonly redirectAllowList: readonly string[];
  readonly disableSignup: boolean;
  readonly anonymousEnabled: boolean;
  /** Who makes organisations: any user who is not anonymous, or administrators of the project alone. */
  readonly organisationCreation: 'users' | 'admins';
  /** Whether users may link further identities to their account. */
  readonly manualLinkingEnabled: boolean;
}

export interface SessionSettings {
  readonly accessTokenSeconds: number;
  /** A refresh token not used for this long is worth nothing. */
  readonly refreshTokenSeconds: number;
  readonly refreshReuseIntervalSeconds: number;
  /** Life of a session whatever happens; null = no such bound. */
  readonly maxSeconds: number | null;
  /** A session not refreshed for this long has ended; null = only `refreshTokenSeconds` bounds it. */
  readonly inactivitySeconds: number | null;
  /** Signing in ends the user's other sessions. */
  readonly singlePerUser: boolean;
  /** Whether browsers may keep their tokens in httpOnly cookies. */
  readonly cookiesEnabled: boolean;
}

export interface PasswordSettings {
  readonly minLength: number;
  /** Each entry names a set of characters of which at least one must occur. */
  readonly requiredCharacters: readonly string[];
  /** Ask for a code by mail before a password change when the session is older than a day. */
  readonly requireReauthentication: boolean;
  readonly requireCurrent: boolean;
  /** Changing the password ends the user's other sessions. */
  readonly endsOtherSessions: boolean;
  /** Where leaked passwords are looked up by the first five digits of their SHA-1; null = nowhere. */
  readonly leakedRangeUrl: string | null;
}

export interface EmailSettings {
  readonly enabled: boolean;
  readonly autoconfirm: boolean;
  /** Changing an address takes the word of the old one too. */
  readonly doubleConfirmChanges: boolean;
  readonly otpLength: number;
  readonly otpSeconds: number;
  /** Least time between two mails of one kind to one account. */
  readonly minIntervalSeconds: number;
}

export interface PhoneSettings {
  readonly enabled: boolean;
  readonly autoconfirm: boolean;
  readonly otpLength: number;
  readonly otpSeconds: number;
  readonly minIntervalSeconds: number;
  /** Text of a message; `{{ .Code }}` stands for the code. */
  readonly template: string;
  /** Numbers (digits) that need no message, with their fixed codes: for reviewers of app stores and for tests. */
  readonly testCodes: Readonly<Record<string, string>>;
  /** The account at a provider that speaks Twilio's HTTP interface; null = no messages can be sent. */
  readonly twilio: TwilioAccount | null;
}

export interface MailSettings {
  readonly senderName: string;
  readonly senderAddress: string;
  readonly smtp: SmtpServer | null;
  /** A provider that speaks Resend's HTTP interface. */
  readonly http: { readonly baseUrl: string; readonly apiKey: string } | null;
  readonly defaultLocale: 'en' | 'ar';
  /** By `<kind>` or `<kind>.<locale>`: what replaces a built-in mail, in the template language of the ecosystem. */
  readonly templates: Readonly<Record<string, { readonly subject: string; readonly html: string }>>;
}

export interface ProviderSettings {
  readonly enabled: boolean;
  readonly clientId: string;
  /** Further audiences whose id tokens are accepted, such as a mobile app's client id. */
  readonly additionalClientIds: readonly string[];
  readonly clientSecret: string;
  /** For issuers found by discovery (keycloak, azure, gitlab on own ground, custom ones). */
  readonly issuer: string | null;
  readonly scopes: readonly string[];
  /** Accept an account without an address. */
  readonly emailOptional: boolean;
  readonly skipNonceCheck: boolean;
  /** Members only some providers take, such as Apple's team and key id. */
  readonly extra: Readonly<Record<string, string>>;
}

interface FactorSwitch {
  readonly enroll: boolean;
  readonly verify: boolean;
}

export interface MfaSettings {
  readonly totp: FactorSwitch;
  readonly phone: FactorSwitch;
  readonly webauthn: FactorSwitch;
  readonly recoveryCodesEnabled: boolean;
  readonly maxFactors: number;
}

export interface PasskeySettings {
  readonly enabled: boolean;
  /** Domain the credentials belong to; null = the host of the site's URL. */
  readonly relyingPartyId: string | null;
  readonly relyingPartyName: string | null;
  /** Origins the browser may report; empty = the origin of the site's URL. */
  readonly origins: readonly string[];
}

export interface Hook {
  readonly enabled: boolean;
  /** `pg-functions://postgres/<schema>/<function>` or https. */
  readonly uri: string;
  /** Of an https hook, `v1,whsec_<base64>`; several are separated by `|`. */
  readonly secrets: string;
}

export interface HookSettings {
  readonly customAccessToken: Hook | null;
  readonly sendEmail: Hook | null;
  readonly sendSms: Hook | null;
  readonly mfaVerificationAttempt: Hook | null;
  readonly passwordVerificationAttempt: Hook | null;
  readonly beforeUserCreated: Hook | null;
  readonly afterUserCreated: Hook | null;
}

/** Limits are per client address and hour unless said otherwise; 0 lets nothing through, null everything. */
export interface ProtectionSettings {
  readonly signUpsPerHour: number | null;
  readonly signInsPerHour: number | null;
  readonly refreshesPerHour: number | null;
  readonly verificationsPerHour: number | null;
  readonly anonymousPerHour: number | null;
  /** Asking for a code or a link. */
  readonly messageRequestsPerHour: number | null;
  /** Messages of the whole project. */
  readonly mailsPerHour: number | null;
  readonly smsPerHour: number | null;
  /** Wrong passwords or codes for one account before it must wait; the wait doubles with each further one. */
  readonly attemptsBeforeLockout: number;
  readonly maxLockoutSeconds: number;
  readonly captcha: Captcha | null;
  /** Days the trail of security events is kept; null = for ever. */
  readonly auditRetentionDays: number | null;
}

export interface Captcha {
  readonly provider: 'hcaptcha' | 'turnstile';
  readonly secret: string;
  /** Where an answer is checked; null = the provider's own address. */
  readonly verifyUrl: string | null;
}

/** The members that are secret wherever they stand: sealed in the database, never shown again. */
export const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  'authToken',
  'password',
  'apiKey',
  'clientSecret',
  'secrets',
  'secret',
  'privateKey',
]);
