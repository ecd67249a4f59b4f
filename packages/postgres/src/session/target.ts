import { must } from '@ashlar/kernel';
import type { LoginKind } from './call.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Where a project's database is and who may enter it. */
export interface DatabaseTarget {
  readonly ref: string;
  /** A host name, an address, or the absolute path of a socket folder. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls?: boolean;
  /** Keeps listening when nobody uses it: what others announce there has to be heard (the control database). */
  readonly staysAwake?: boolean;
  readonly logins: Readonly<Record<Exclude<LoginKind, 'service'>, Login>>;
  /** By runner role; none in the control database, which no project reaches. */
  readonly services?: ReadonlyMap<string, Login>;
  /** For free SQL, by the one role each may become; none in the control database. */
  readonly console?: ReadonlyMap<string, Login>;
}

/** A login as connections are kept and told apart by. */
export interface Entry {
  /** The kind of login; of a service's own, the role it may become. */
  readonly name: string;
  readonly login: Login;
  /**
   * Names without a schema are looked for in pg_catalog alone. The project's owner creates functions in `public`, and
   * one with a better match for the arguments would be taken for PostgreSQL's own.
   */
  readonly catalogOnly: boolean;
}

/**
 * The login of a call.
 *
 * @param role What the call runs as; only a service's login depends on it.
 * @throws When the target has no login for that role: it is none a service runs as.
 */
export function entryFor(target: DatabaseTarget, kind: LoginKind, role: string): Entry {
  if (kind === 'service') {
    const login = must(target.services?.get(role), `the login of the service ${role} in ${target.database}`);
    return { name: role, login, catalogOnly: true };
  }
  return { name: kind, login: target.logins[kind], catalogOnly: kind === 'platform' };
}
