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

export function projectAccess(ref: string, state: RunState, { keys, logins }: ProjectSecrets): ProjectAccess {
  const { host, port, defaultDatabase } = state.postgres;
  const isDefault = ref === DEFAULT_PROJECT;
  const database = isDefault ? defaultDatabase : `project_${ref}`;
  const { user, password } = logins.owner;
  const authority = `${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    apiUrl: isDefault ? state.publicUrl : `${state.publicUrl}/p/${ref}`,
    dbUrl: `postgresql://${authority}/${encodeURIComponent(database)}`,
    anonKey: keys.anonKey,
    serviceRoleKey: keys.serviceRoleKey,
    publishableKey: keys.publishableKeys[0] ?? '',
    secretKey: keys.secretKeys[0] ?? '',
    jwtSecret: keys.jwtSecret,
  };
}
