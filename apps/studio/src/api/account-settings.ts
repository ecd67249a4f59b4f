import { accountsPath } from './accounts.ts';
import { send } from './send.ts';

/** A secret is never told, only whether there is one; sent back like that it stays. */
export type Secret = string | { readonly set: boolean };

export interface ProviderSettings {
  readonly enabled: boolean;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly issuer: string | null;
  readonly scopes: readonly string[];
}

export interface Template {
  readonly subject: string;
  readonly html: string;
}

/** The sections Studio shows, as far as it shows them. */
export interface AccountSettings {
  readonly general: {
    readonly siteUrl: string;
    readonly redirectAllowList: readonly string[];
    readonly disableSignup: boolean;
    readonly anonymousEnabled: boolean;
  };
  readonly email: { readonly enabled: boolean; readonly autoconfirm: boolean };
  readonly passkeys: { readonly enabled: boolean };
  readonly password: { readonly minLength: number };
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly mail: {
    readonly senderName: string;
    readonly senderAddress: string;
    readonly smtp: {
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: Secret;
      readonly tls: 'implicit' | 'starttls' | 'none';
    } | null;
    readonly http: { readonly baseUrl: string } | null;
    readonly defaultLocale: 'en' | 'ar';
    readonly templates: Readonly<Record<string, Template>>;
  };
  readonly protection: {
    readonly signUpsPerHour: number | null;
    readonly signInsPerHour: number | null;
    readonly refreshesPerHour: number | null;
    readonly verificationsPerHour: number | null;
    readonly anonymousPerHour: number | null;
    readonly messageRequestsPerHour: number | null;
    readonly mailsPerHour: number | null;
    readonly smsPerHour: number | null;
    readonly attemptsBeforeLockout: number;
    readonly maxLockoutSeconds: number;
  };
}

export type SettingsSection = keyof AccountSettings;

export interface SectionDocument<Section extends SettingsSection> {
  readonly section: Section;
  readonly version: number;
  /** In force. */
  readonly value: AccountSettings[Section];
}

export interface MailSample {
  readonly kind: string;
  readonly locale: 'en' | 'ar';
  /** Not kept yet; absent: the one in force. */
  readonly template?: Template | null;
}

const path = (ref: string, section: SettingsSection): string => `${accountsPath(ref)}/admin/settings/${section}`;

export const accountSettings = {
  read: <Section extends SettingsSection>(ref: string, section: Section) =>
    send<SectionDocument<Section>>(path(ref, section)),
  /** Lays members over those there are; null takes one of a map away. Refused when somebody was faster. */
  change: <Section extends SettingsSection>(ref: string, section: Section, version: number, body: object) =>
    send<SectionDocument<Section>>(path(ref, section), {
      method: 'PATCH',
      headers: { 'if-match': `"${version}"` },
      body,
    }),
  previewMail: (ref: string, body: MailSample) =>
    send<{ readonly subject: string; readonly html: string; readonly text: string }>(
      `${accountsPath(ref)}/admin/mail/preview`,
      { method: 'POST', body },
    ),
  testMail: (ref: string, to: string, locale: 'en' | 'ar') =>
    send<{ readonly state: 'sent' | 'queued' }>(`${accountsPath(ref)}/admin/mail/test`, {
      method: 'POST',
      body: { kind: 'confirmation', locale, to },
    }),
};
