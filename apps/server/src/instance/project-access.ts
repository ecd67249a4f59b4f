import type { ProjectSecrets } from '@ashlar/control';
import { DEFAULT_PROJECT } from '@ashlar/service';
import type { RunState } from './run-state.ts';

/** What a person needs to work with a project, as `ashlar status` shows it. */
export interface ProjectAccess {
  readonly apiUrl: string;
  readonly dbUrl: string;
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwtSecret: string;
}

/** @param server `host:port/database` of a project on a server of its own. */
export function projectAccess(
  ref: string,
  state: RunState,
  { keys, logins }: ProjectSecrets,
  server: string | null = null,
): ProjectAccess {
  const { host, port, defaultDatabase } = state.postgres;
  const isDefault = ref === DEFAULT_PROJECT;
  const database = isDefault ? defaultDatabase : `project_${ref}`;
  const { user, password } = logins.owner;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const here = `${host.includes(':') ? `[${host}]` : host}:${port}/${encodeURIComponent(database)}`;
  return {
    apiUrl: isDefault ? state.publicUrl : `${state.publicUrl}/p/${ref}`,
    dbUrl: `postgresql://${login}@${server ?? here}`,
    anonKey: keys.anonKey,
    serviceRoleKey: keys.serviceRoleKey,
    publishableKey: keys.publishableKeys[0] ?? '',
    secretKey: keys.secretKeys[0] ?? '',
    jwtSecret: keys.jwtSecret,
  };
}
