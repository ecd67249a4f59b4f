import { z } from 'zod';
import type { IdentitySettings, SettingsSection } from './settings.ts';

// A row of `auth.settings` holds only what differs from the instance's defaults, so every member has a default here or
// is given one from the configuration.

const seconds = z.int().min(0).max(31_536_000);
const limit = z.int().min(0).max(1_000_000).nullable();
const text = z.string().max(2048);
const secret = z.string().max(16_384);
const httpUrl = z.url({ protocol: /^https?$/ }).max(2048);
const otpLength = z.int().min(6).max(10).default(6);
const otpSeconds = z.int().min(60).max(86_400);

const factorSwitch = z.strictObject({ enroll: z.boolean(), verify: z.boolean() });

const hook = z
  .strictObject({ enabled: z.boolean().default(true), uri: text, secrets: secret.default('') })
  .nullable()
  .default(null);

const provider = z.strictObject({
  enabled: z.boolean().default(true),
  clientId: text,
  additionalClientIds: z.array(text).max(20).default([]),
  clientSecret: secret.default(''),
  issuer: httpUrl.nullable().default(null),
  scopes: z.array(text).max(50).default([]),
  emailOptional: z.boolean().default(false),
  skipNonceCheck: z.boolean().default(false),
  extra: z.record(z.string().max(100), z.string().max(16_384)).default({}),
});

const twilio = z.strictObject({
  accountSid: text,
  authToken: secret,
  from: text,
  baseUrl: httpUrl.default('https://api.twilio.com'),
});

const smtp = z.strictObject({
  host: text,
  port: z.int().min(1).max(65_535),
  user: text.default(''),
  password: secret.default(''),
  tls: z.enum(['implicit', 'starttls', 'none']).default('starttls'),
});

const template = z.strictObject({ subject: z.string().max(500), html: z.string().max(200_000) });

const captcha = z.strictObject({
  provider: z.enum(['hcaptcha', 'turnstile']),
  secret,
  verifyUrl: httpUrl.nullable().default(null),
});

/** What each section may hold; unknown members are refused. */
export const settingsSchema: { readonly [Section in SettingsSection]: z.ZodType<IdentitySettings[Section]> } = {
  general: z.strictObject({
    siteUrl: httpUrl,
    redirectAllowList: z.array(text).max(200),
    disableSignup: z.boolean(),
    anonymousEnabled: z.boolean(),
    manualLinkingEnabled: z.boolean().default(false),
    organisationCreation: z.enum(['users', 'admins']).default('users'),
  }),
  sessions: z.strictObject({
    accessTokenSeconds: z.int().min(30).max(604_800),
    refreshTokenSeconds: z.int().min(60).max(31_536_000),
    refreshReuseIntervalSeconds: z.int().min(0).max(3600),
    maxSeconds: seconds.nullable().default(null),
    inactivitySeconds: seconds.nullable().default(null),
    singlePerUser: z.boolean().default(false),
    cookiesEnabled: z.boolean().default(false),
  }),
  password: z.strictObject({
    minLength: z.int().min(6).max(72),
    requiredCharacters: z.array(z.string().min(1).max(256)).max(8).default([]),
    requireReauthentication: z.boolean().default(false),
    requireCurrent: z.boolean().default(false),
    endsOtherSessions: z.boolean().default(false),
    leakedRangeUrl: httpUrl.nullable().default(null),
  }),
  email: z.strictObject({
    enabled: z.boolean(),
    autoconfirm: z.boolean(),
    doubleConfirmChanges: z.boolean().default(true),
    otpLength,
    otpSeconds: otpSeconds.default(3600),
    minIntervalSeconds: seconds.default(60),
  }),
  phone: z.strictObject({
    enabled: z.boolean().default(false),
    autoconfirm: z.boolean().default(false),
    otpLength,
    otpSeconds: otpSeconds.default(300),
    minIntervalSeconds: seconds.default(60),
    template: z.string().max(1000).default('Your code is {{ .Code }}'),
    testCodes: z.record(z.string().regex(/^\d{1,15}$/), z.string().regex(/^\d{6,10}$/)).default({}),
    twilio: twilio.nullable().default(null),
  }),
  mail: z.strictObject({
    senderName: text.default(''),
    senderAddress: text.default('noreply@localhost'),
    smtp: smtp.nullable().default(null),
    http: z
      .strictObject({ baseUrl: httpUrl.default('https://api.resend.com'), apiKey: secret })
      .nullable()
      .default(null),
    defaultLocale: z.enum(['en', 'ar']).default('en'),
    templates: z.record(z.string().max(100), template).default({}),
  }),
  providers: z.record(z.string().regex(/^(?:[a-z_]{1,40}|custom:[a-z0-9_-]{1,60})$/), provider),
  mfa: z.strictObject({
    totp: factorSwitch.default({ enroll: true, verify: true }),
    phone: factorSwitch.default({ enroll: false, verify: false }),
    webauthn: factorSwitch.default({ enroll: true, verify: true }),
    recoveryCodesEnabled: z.boolean().default(true),
    maxFactors: z.int().min(1).max(50).default(10),
  }),
  passkeys: z.strictObject({
    enabled: z.boolean().default(false),
    relyingPartyId: text.nullable().default(null),
    relyingPartyName: text.nullable().default(null),
    origins: z.array(text).max(20).default([]),
  }),
  hooks: z.strictObject({
    customAccessToken: hook,
    sendEmail: hook,
    sendSms: hook,
    mfaVerificationAttempt: hook,
    passwordVerificationAttempt: hook,
    beforeUserCreated: hook,
    afterUserCreated: hook,
  }),
  protection: z.strictObject({
    signUpsPerHour: limit.default(360),
    signInsPerHour: limit.default(360),
    refreshesPerHour: limit.default(1800),
    verificationsPerHour: limit.default(360),
    anonymousPerHour: limit.default(30),
    messageRequestsPerHour: limit.default(360),
    mailsPerHour: limit.default(360),
    smsPerHour: limit.default(360),
    attemptsBeforeLockout: z.int().min(1).max(1000).default(10),
    maxLockoutSeconds: seconds.default(900),
    captcha: captcha.nullable().default(null),
    auditRetentionDays: z.int().min(1).max(36_500).nullable().default(null),
  }),
};
