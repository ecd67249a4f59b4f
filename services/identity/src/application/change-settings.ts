import { sealingSecretOf } from '@ashlar/service';
import { identityErrors } from '../domain/identity-errors.ts';
import { openFormer, type SealingKeys, sealingKeys, sealSecrets } from '../domain/sealed-secrets.ts';
import { keepShownSecrets, patchSettings } from '../domain/settings-patch.ts';
import type { SettingsSection } from '../domain/settings.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import { faultOfSection } from './identity-settings.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

type Document = Readonly<Record<string, unknown>>;

export interface SettingsInput {
  readonly section: SettingsSection;
  /** `replace` says all that differs from the defaults, `patch` lays members over it, `reset` goes back to them. */
  readonly how: 'replace' | 'patch' | 'reset';
  readonly value: Document;
  /** The version the change was made on; null = whatever is there. */
  readonly expectedVersion: number | null;
  /** Who asks, as the token says. */
  readonly by: string;
}

/**
 * Changes a section and keeps the state it was in; every process serves by it at once.
 *
 * @returns The new version.
 * @throws {AshlarError} `identity.validation_failed`, `identity.settings_changed_meanwhile`.
 */
export async function changeSettings(parts: IdentityParts, visit: Visit, input: SettingsInput): Promise<number> {
  const { section, by } = input;
  const { keys: projectKeys, dataKey } = visit.project;
  const keys = sealingKeys(sealingSecretOf(projectKeys), (await dataKey?.()) ?? null);
  const at = parts.now();
  const version = await parts.inTransaction(visit, async ({ settings, audit }) => {
    const current = await settings.lock(section);
    if (input.expectedVersion !== null && input.expectedVersion !== current) {
      throw identityErrors.settingsChangedMeanwhile({ section, version: current });
    }
    const stored = (await settings.read(section))?.value ?? {};
    const value = next(stored, input);
    const sealed = value === null ? null : (sealSecrets(keys, openFormer(keys, value)) as Document);
    if (sealed !== null) refuseFaults(visit, section, keys, sealed);
    await settings.write({ section, value: sealed, version: current + 1, by, at });
    await audit(
      auditEntry('settings_modified', SERVICE_ACTOR, visit.client.address, at, { section, how: input.how, by }),
    );
    return current + 1;
  });
  report(parts, visit, 'settings-changed', null);
  return version;
}

function next(stored: Document, { section, how, value }: SettingsInput): Document | null {
  switch (how) {
    case 'reset':
      return null;
    case 'replace':
      return keepShownSecrets(stored, value);
    case 'patch':
      return patchSettings(section, stored, value);
  }
}

function refuseFaults(visit: Visit, section: SettingsSection, keys: SealingKeys, sealed: Document): void {
  const fault = faultOfSection(visit.project.settings.auth, section, keys, sealed);
  if (fault !== null) throw identityErrors.validationFailed({ detail: `${section}: ${fault}` });
}
