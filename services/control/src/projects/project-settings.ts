import type { ProjectSettings } from '@ashlar/service';
import { z } from 'zod';
import { controlErrors } from '../control-errors.ts';

const names = z.array(z.string().min(1).max(63));

/** What `control.projects.settings` may hold: the settings a project does not share with its instance. */
const storedSettings = z.strictObject({
  requireApiKey: z.boolean().optional(),
  rest: z
    .strictObject({
      schemas: names.min(1),
      extraSearchPath: names,
      maxRows: z.int().positive().nullable(),
      aggregatesEnabled: z.boolean(),
      planEnabled: z.boolean(),
      transactionEnd: z.enum(['commit', 'commit-allow-override', 'rollback', 'rollback-allow-override']),
      preRequest: z.string().nullable(),
      rootFunction: z.string().nullable(),
      openApiMode: z.enum(['follow-privileges', 'ignore-privileges', 'disabled']),
      referencePage: z.boolean(),
    })
    .partial()
    .optional(),
  auth: z
    .strictObject({
      siteUrl: z.url(),
      redirectAllowList: z.array(z.string()),
      jwtExpirySeconds: z.int().positive(),
      autoconfirmEmail: z.boolean(),
      disableSignup: z.boolean(),
      anonymousEnabled: z.boolean(),
      emailEnabled: z.boolean(),
      minPasswordLength: z.int().positive(),
      refreshReuseIntervalSeconds: z.int().nonnegative(),
    })
    .partial()
    .optional(),
});

/**
 * The instance's settings with what the project stored of its own.
 *
 * @throws {AshlarError} `control.settings_malformed`.
 */
export function settleProjectSettings(ref: string, stored: unknown, defaults: ProjectSettings): ProjectSettings {
  const parsed = storedSettings.safeParse(stored);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw controlErrors.settingsMalformed({ ref, reason: `${issue?.path.join('.')}: ${issue?.message}` });
  }
  const { requireApiKey, rest, auth } = parsed.data;
  return {
    requireApiKey: requireApiKey ?? defaults.requireApiKey,
    // An absent member is not in the parsed object at all, so that spreading it keeps the default.
    rest: { ...defaults.rest, ...(rest as Partial<ProjectSettings['rest']>) },
    auth: { ...defaults.auth, ...(auth as Partial<ProjectSettings['auth']>) },
  };
}
