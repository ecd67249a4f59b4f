import type { HttpMailProvider, SmtpServer, TwilioAccount } from '@ashlar/delivery';
import { derivedKey, openText, sealText } from '@ashlar/secrets';
import type { MailLocale } from '@ashlar/mail-templates';
import { z } from 'zod';
import { notificationErrors } from './notification-errors.ts';

/** What a project says of itself, by section; whatever is absent is the instance's business. */
export interface StoredSettings {
  readonly mail: {
    readonly senderName?: string | undefined;
    readonly senderAddress?: string | undefined;
    readonly defaultLocale?: MailLocale | undefined;
    /** `log`: nothing is sent, it is only told that it would have been. */
    readonly provider?: 'smtp' | 'http' | 'log' | undefined;
    readonly smtp?: SmtpServer | undefined;
    readonly http?: HttpMailProvider | undefined;
    /** Of the provider's reports on mails: `whsec_…`. */
    readonly webhookSecret?: string | undefined;
  };
  readonly sms: {
    readonly provider?: 'twilio' | 'log' | undefined;
    readonly twilio?: TwilioAccount | undefined;
  };
  readonly push: {
    readonly provider?: 'webpush' | 'log' | undefined;
    /** Whom a push service can ask about us. */
    readonly contact?: string | undefined;
  };
}

const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'has a control character');
const secret = z.string().min(1).max(1000);
const address = z.url({ protocol: /^https?$/ }).max(2000);

export const settingsSchemas: { readonly [Section in keyof StoredSettings]: z.ZodType<StoredSettings[Section]> } = {
  mail: z.strictObject({
    senderName: line(200).optional(),
    senderAddress: z.email().max(254).optional(),
    defaultLocale: z.enum(['en', 'ar']).optional(),
    provider: z.enum(['smtp', 'http', 'log']).optional(),
    smtp: z
      .strictObject({
        host: z
          .string()
          .min(1)
          .max(253)
          .regex(/^[\w.:-]+$/),
        port: z.int().min(1).max(65_535),
        user: z.string().max(500).default(''),
        password: z.string().max(1000).default(''),
        tls: z.enum(['implicit', 'starttls', 'none']).default('starttls'),
      })
      .optional(),
    http: z.strictObject({ baseUrl: address.default('https://api.resend.com'), apiKey: secret }).optional(),
    webhookSecret: z
      .string()
      .max(500)
      .regex(/^(?:whsec_)?[A-Za-z0-9+/]{22,}={0,2}$/, 'is no secret of Standard Webhooks')
      .optional(),
  }),
  sms: z.strictObject({
    provider: z.enum(['twilio', 'log']).optional(),
    twilio: z
      .strictObject({
        accountSid: z.string().regex(/^[\w-]{1,64}$/),
        authToken: secret,
        from: z.string().regex(/^(?:\+[1-9]\d{4,14}|MG[\da-f]{32}|[\w ]{1,11})$/i),
        baseUrl: address.default('https://api.twilio.com'),
      })
      .optional(),
  }),
  push: z.strictObject({
    provider: z.enum(['webpush', 'log']).optional(),
    contact: z
      .string()
      .max(300)
      .regex(/^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/)
      .optional(),
  }),
};

export type SettingsSection = keyof StoredSettings;
export const SETTINGS_SECTIONS: readonly SettingsSection[] = ['mail', 'sms', 'push'];

/** Settings as they are in force. */
export interface NotificationSettings {
  readonly mail: {
    readonly senderName: string;
    readonly senderAddress: string;
    readonly defaultLocale: MailLocale;
    readonly siteUrl: string;
    readonly way:
      /** `ours`: the operator chose the address, nobody else. */
      | { readonly kind: 'smtp'; readonly server: SmtpServer; readonly ours: boolean }
      | { readonly kind: 'http'; readonly provider: HttpMailProvider; readonly ours: boolean }
      | { readonly kind: 'log' }
      | null;
    readonly webhookSecret: string | null;
  };
  readonly sms: {
    readonly way: { readonly kind: 'twilio'; readonly account: TwilioAccount } | { readonly kind: 'log' } | null;
  };
  readonly push: { readonly way: { readonly kind: 'webpush' } | { readonly kind: 'log' }; readonly contact: string };
}

const SECRETS: ReadonlySet<string> = new Set(['password', 'apiKey', 'authToken', 'webhookSecret', 'privateKey']);

/** The value with its secrets sealed for this section of this project. */
export function sealSection(jwtSecret: string, section: string, value: unknown): unknown {
  const key = sealingKey(jwtSecret);
  return mapSecrets(value, (name, text) =>
    text === '' ? text : { sealed: sealText(key, String(text), `${section}.${name}`) },
  );
}

/** @throws {AshlarError} `notifications.settings_unreadable`. */
export function openSection(jwtSecret: string, section: string, value: unknown): unknown {
  const key = sealingKey(jwtSecret);
  try {
    return mapSecrets(value, (name, kept) => {
      const sealed = typeof kept === 'object' && kept !== null && 'sealed' in kept ? kept.sealed : null;
      return typeof sealed === 'string' ? openText(key, sealed, `${section}.${name}`) : kept;
    });
  } catch (error) {
    throw notificationErrors.settingsUnreadable({ section }, { cause: error });
  }
}

/** What is shown of settings: that there is a secret, and nothing of it. */
export function maskSection(value: unknown): unknown {
  return mapSecrets(value, (_name, kept) => (kept === '' ? '' : '********'));
}

function mapSecrets(value: unknown, map: (name: string, member: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRETS.has(name) ? map(name, member) : mapSecrets(member, map),
    ]),
  );
}

function sealingKey(jwtSecret: string): Buffer {
  return derivedKey(jwtSecret, 'secrets in notification settings v1');
}
