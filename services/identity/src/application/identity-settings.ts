import type { AuthSettings, Project } from '@ashlar/service';
import { faultOfMailSettings } from './fault-of-mail-settings.ts';
import { openSecrets, type SealingKeys } from '../domain/sealed-secrets.ts';
import { settingsSchema } from '../domain/settings-schema.ts';
import type { IdentitySettings, SettingsSection } from '../domain/settings.ts';

/** The settings in force for a project: cached, and told of changes while they happen. */
export interface SettingsReader {
  /** @throws {AshlarError} `identity.database_error` when they cannot be read; nothing is then assumed. */
  of(project: Project): Promise<IdentitySettings>;
  /** Reads them anew for the next who asks. */
  forget(project: Project): void;
}

/** A section as it is stored: what differs from the defaults, secrets opened. */
type StoredSections = Readonly<Partial<Record<SettingsSection, unknown>>>;

/**
 * The instance's defaults with what the project stored over them, member by member.
 *
 * @throws {ZodError} When a stored section is not what its schema says.
 */
export function settleSettings(defaults: AuthSettings, stored: StoredSections): IdentitySettings {
  const base = { ...defaultSections(defaults), mail: defaultMail(defaults, stored.mail) };
  const settle = <Section extends SettingsSection>(section: Section): IdentitySettings[Section] => {
    const value = laidOver(base[section], stored[section]);
    return settingsSchema[section].parse(value);
  };
  return {
    general: settle('general'),
    sessions: settle('sessions'),
    password: settle('password'),
    email: settle('email'),
    phone: settle('phone'),
    mail: settle('mail'),
    providers: settle('providers'),
    mfa: settle('mfa'),
    passkeys: settle('passkeys'),
    hooks: settle('hooks'),
    protection: settle('protection'),
  };
}

/** What is wrong with a section as it would be stored, in one sentence; null when nothing is. */
export function faultOfSection(
  defaults: AuthSettings,
  section: SettingsSection,
  keys: SealingKeys,
  sealed: unknown,
): string | null {
  const opened = openSecrets(keys, sealed);
  const base = section === 'mail' ? defaultMail(defaults, opened) : defaultSections(defaults)[section];
  const value = laidOver(base, opened);
  const parsed = settingsSchema[section].safeParse(value);
  const issue = parsed.success ? undefined : parsed.error.issues[0];
  // Templates are looked at when they are changed and not when they are read: one that is faulty stops its mail alone.
  if (issue === undefined) return section === 'mail' ? faultOfMailSettings(settingsSchema.mail.parse(value)) : null;
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

function laidOver(base: object, over: unknown): object {
  return { ...base, ...(typeof over === 'object' ? over : {}) };
}

function defaultSections(auth: AuthSettings): Readonly<Record<SettingsSection, object>> {
  return {
    general: {
      siteUrl: auth.siteUrl,
      redirectAllowList: auth.redirectAllowList,
      disableSignup: auth.disableSignup,
      anonymousEnabled: auth.anonymousEnabled,
    },
    sessions: {
      accessTokenSeconds: auth.jwtExpirySeconds,
      refreshTokenSeconds: auth.refreshTokenSeconds,
      refreshReuseIntervalSeconds: auth.refreshReuseIntervalSeconds,
      ...(auth.cookieSessions === undefined ? {} : { cookiesEnabled: auth.cookieSessions }),
    },
    password: { minLength: auth.minPasswordLength },
    email: { enabled: auth.emailEnabled, autoconfirm: auth.autoconfirmEmail },
    phone: {},
    mail: auth.mail,
    providers: {},
    mfa: {},
    passkeys: auth.passkeys === undefined ? {} : { enabled: auth.passkeys },
    hooks: {},
    protection: {},
  };
}

/** A project with a way of its own for mails takes none of the instance's. */
function defaultMail({ mail }: AuthSettings, stored: unknown): object {
  const hasOwn = typeof stored === 'object' && stored !== null && ('smtp' in stored || 'http' in stored);
  return hasOwn ? { ...mail, smtp: null, http: null } : mail;
}
