import type { ProjectSettings } from '@ashlar/service';
import { z } from 'zod';
import { controlErrors } from '../control-errors.ts';
import { isNested, withoutPinned } from '../domain/project-settings-change.ts';

/** Nothing PostgreSQL cannot hold. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), 'holds control characters');
const quota = z.int().nonnegative().nullable();
const names = z.array(text(63).min(1)).max(100);

/** What `control.projects.settings` may hold: the settings a project does not share with its instance. */
const storedSettings = z.strictObject({
  requireApiKey: z.boolean().optional(),
  rest: z
    .strictObject({
      schemas: names.min(1),
      extraSearchPath: names,
      maxRows: z.int().positive().max(1_000_000_000).nullable(),
      aggregatesEnabled: z.boolean(),
      planEnabled: z.boolean(),
      transactionEnd: z.enum(['commit', 'commit-allow-override', 'rollback', 'rollback-allow-override']),
      preRequest: text(200).nullable(),
      rootFunction: text(200).nullable(),
      openApiMode: z.enum(['follow-privileges', 'ignore-privileges', 'disabled']),
      referencePage: z.boolean(),
      graphiql: z.boolean(),
    })
    .partial()
    .optional(),
  auth: z
    .strictObject({
      siteUrl: z.url(),
      redirectAllowList: z.array(z.string()),
      jwtExpirySeconds: z.int().positive(),
      refreshTokenSeconds: z.int().positive(),
      autoconfirmEmail: z.boolean(),
      disableSignup: z.boolean(),
      anonymousEnabled: z.boolean(),
      emailEnabled: z.boolean(),
      minPasswordLength: z.int().positive(),
      refreshReuseIntervalSeconds: z.int().nonnegative(),
    })
    .partial()
    .optional(),
  storage: z.strictObject({ quotaBytes: quota, quotaObjects: quota }).partial().optional(),
});

/** What can be changed while the instance runs. Settings of accounts are changed at the project's `/auth/v1`. */
export const SETTING_NAMES: readonly string[] = [
  'requireApiKey',
  'rest.schemas',
  'rest.extraSearchPath',
  'rest.maxRows',
  'rest.aggregatesEnabled',
  'rest.planEnabled',
  'rest.transactionEnd',
  'rest.preRequest',
  'rest.rootFunction',
  'rest.openApiMode',
  'rest.referencePage',
  'rest.graphiql',
  'storage.quotaBytes',
  'storage.quotaObjects',
];

/** @throws {AshlarError} `control.setting_wrong` naming the first that will not do. */
export function checkStoredSettings(settings: unknown): void {
  const parsed = storedSettings.safeParse(settings);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw controlErrors.settingWrong({ name: issue?.path.join('.') ?? '', reason: issue?.message ?? 'another form' });
}

/**
 * The instance's settings with what the project stored of its own.
 *
 * @param pinned Names of settings that are the instance's whatever is stored.
 * @throws {AshlarError} `control.settings_malformed`.
 */
export function settleProjectSettings(
  ref: string,
  stored: unknown,
  defaults: ProjectSettings,
  pinned: readonly string[] = [],
): ProjectSettings {
  const parsed = storedSettings.safeParse(isNested(stored) ? withoutPinned(stored, pinned) : stored);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw controlErrors.settingsMalformed({ ref, reason: `${issue?.path.join('.')}: ${issue?.message}` });
  }
  const { requireApiKey, rest, auth, storage } = parsed.data;
  return {
    requireApiKey: requireApiKey ?? defaults.requireApiKey,
    // An absent member is not in the parsed object at all, so that spreading it keeps the default.
    rest: { ...defaults.rest, ...(rest as Partial<ProjectSettings['rest']>) },
    auth: { ...defaults.auth, ...(auth as Partial<ProjectSettings['auth']>) },
    storage: { ...defaults.storage, ...(storage as Partial<ProjectSettings['storage']>) },
  };
}

/**
 * People come to the control project by invitation, and read the tables of the control plane there.
 *
 * @param site Where they administer with a browser: links of mails lead there, and its pages may keep sessions.
 */
export function controlSettings(defaults: ProjectSettings, site: string | null): ProjectSettings {
  const ofSite = site === null ? {} : { siteUrl: site, redirectAllowList: [], cookieSessions: true, passkeys: true };
  return {
    ...defaults,
    rest: { ...defaults.rest, schemas: ['control'], extraSearchPath: [], aggregatesEnabled: false },
    // An address counts as confirmed only when its mailbox has shown it: an account somebody made in advance with
    // another's address must not be waiting for them. Without mail people sign in with addresses nobody confirmed.
    auth: {
      ...defaults.auth,
      disableSignup: true,
      anonymousEnabled: false,
      autoconfirmEmail: false,
      unconfirmedSignIn: true,
      ...ofSite,
    },
  };
}
