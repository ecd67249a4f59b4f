import type { Snapshot } from '@ashlar/postgres';
import type { Project, RestSettings } from '@ashlar/service';

interface Settled {
  readonly given: RestSettings;
  readonly settings: RestSettings;
}

const settledOf = new WeakMap<Snapshot, Settled>();

/**
 * The project with the settings its database holds over its own: `pgrst.*` settings of its API login, as PostgREST
 * reads them. They come with the snapshot, so `NOTIFY pgrst, 'reload config'` is followed like any change of it.
 */
export function settleProject(project: Project, snapshot: Snapshot): Project {
  const rest = restSettingsOf(project, snapshot);
  return rest === project.settings.rest ? project : { ...project, settings: { ...project.settings, rest } };
}

function restSettingsOf({ ref, settings: { rest } }: Project, snapshot: Snapshot): RestSettings {
  const known = settledOf.get(snapshot);
  if (known?.given === rest) return known.settings;
  const options = ['authenticator', `${ref}_authenticator`].flatMap((login) => snapshot.roleSettings.get(login) ?? []);
  const settings = options
    .filter(([name]) => name.startsWith('pgrst.'))
    .reduce((settled, [name, value]) => ({ ...settled, ...readOption(name, value.trim()) }), rest);
  settledOf.set(snapshot, { given: rest, settings });
  return settings;
}

const TRANSACTION_ENDS = ['commit', 'commit-allow-override', 'rollback', 'rollback-allow-override'] as const;
const OPENAPI_MODES = ['follow-privileges', 'ignore-privileges', 'disabled'] as const;

/** One option under the name PostgREST gives it; what cannot be read changes nothing. */
function readOption(name: string, value: string): Partial<RestSettings> {
  switch (name) {
    case 'pgrst.db_schemas':
    case 'pgrst.db_schema': {
      const schemas = readList(value);
      return schemas.length === 0 ? {} : { schemas };
    }
    case 'pgrst.db_extra_search_path':
      return { extraSearchPath: readList(value) };
    case 'pgrst.db_max_rows':
    case 'pgrst.max_rows':
      // No cap is written as nothing or 0.
      return /^\d{0,9}$/.test(value) ? { maxRows: Number(value) === 0 ? null : Number(value) } : {};
    case 'pgrst.db_aggregates_enabled':
      return isSwitch(value) ? { aggregatesEnabled: value === 'true' } : {};
    case 'pgrst.db_plan_enabled':
      return isSwitch(value) ? { planEnabled: value === 'true' } : {};
    case 'pgrst.db_tx_end': {
      const transactionEnd = TRANSACTION_ENDS.find((end) => end === value);
      return transactionEnd === undefined ? {} : { transactionEnd };
    }
    case 'pgrst.db_pre_request':
    case 'pgrst.pre_request':
      return { preRequest: value === '' ? null : value };
    case 'pgrst.db_root_spec':
    case 'pgrst.root_spec':
      return { rootFunction: value === '' ? null : value };
    case 'pgrst.openapi_mode': {
      const openApiMode = OPENAPI_MODES.find((mode) => mode === value);
      return openApiMode === undefined ? {} : { openApiMode };
    }
    default:
      return {};
  }
}

function readList(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim().replace(/^"(.*)"$/, '$1'))
    .filter((item) => item !== '');
}

function isSwitch(value: string): boolean {
  return value === 'true' || value === 'false';
}
