import { controlErrors } from '../control-errors.ts';
import { changeSettings, type Nested, type ShownSetting, showSettings } from '../domain/project-settings-change.ts';
import { checkStoredSettings, SETTING_NAMES, settleProjectSettings } from '../projects/project-settings.ts';
import type { ProjectRecord } from '../projects/project-store.ts';
import { type Actor, inProject } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';

export interface SettingsDocument {
  readonly version: number;
  readonly settings: readonly ShownSetting[];
}

export interface SettingsInput {
  /** As it was read; null = whatever it is. */
  readonly version: number | null;
  readonly set: Nested;
  readonly reset: readonly string[];
}

export function readSettings(parts: ControlParts, actor: Actor, ref: string): Promise<SettingsDocument> {
  return parts.inTransaction(async (stores) => {
    const { project } = await inProject(stores, actor, ref, 'settings.read');
    return documentOf(parts, project);
  });
}

/**
 * Changes settings of a project; every process follows at once, without a restart.
 *
 * @throws {AshlarError} those of `inProject`, `control.setting_unknown`, `control.setting_pinned`,
 *   `control.setting_wrong`, `control.settings_changed`.
 */
export function changeProjectSettings(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  { version, set, reset }: SettingsInput,
): Promise<SettingsDocument> {
  return parts.inTransaction(async (stores) => {
    const { project } = await inProject(stores, actor, ref, 'settings.change');
    const names = [...new Set([...Object.keys(set), ...reset])];
    for (const name of names) {
      if (!SETTING_NAMES.includes(name)) throw controlErrors.settingUnknown({ name });
      if (parts.pinnedSettings.includes(name)) throw controlErrors.settingPinned({ name });
    }
    if (version !== null && version !== project.settingsVersion) {
      throw controlErrors.settingsChanged({ found: project.settingsVersion, version });
    }
    const settings = changeSettings(storedOf(project), set, reset);
    checkStoredSettings(settings);
    const settingsVersion = project.settingsVersion + 1;
    await stores.projects.change(ref, { settings, settingsVersion });
    await stores.projects.addSettings(ref, settingsVersion, settings, actor.email);
    const detail = { version: settingsVersion, set, reset };
    const entry = { action: 'settings.change', organisationId: null, projectRef: ref, target: null, detail };
    await stores.audit.add(entry, actor.author);
    return documentOf(parts, { ...project, settings, settingsVersion });
  });
}

function documentOf({ defaults, pinnedSettings }: ControlParts, project: ProjectRecord): SettingsDocument {
  const inForce = settleProjectSettings(project.ref, project.settings, defaults, pinnedSettings);
  const shown = { requireApiKey: inForce.requireApiKey, rest: { ...inForce.rest }, storage: { ...inForce.storage } };
  return {
    version: project.settingsVersion,
    settings: showSettings(SETTING_NAMES, shown, storedOf(project), pinnedSettings),
  };
}

/** The column holds an object, by its check. */
const storedOf = ({ settings }: ProjectRecord): Nested => settings as Nested;
