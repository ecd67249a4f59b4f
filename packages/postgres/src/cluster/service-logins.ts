import { createHmac } from 'node:crypto';
import type { Login } from '../session/target.ts';
import { CONSOLE_ROLES, consoleLoginName, isSuiteName, SERVICE_ROLES, serviceLoginName } from './roles.ts';

/**
 * A project's logins for services, by runner role. Their passwords follow from the platform's, whose login may become
 * more than any of them: there is nothing else to keep, and every process of an instance comes to the same ones. None
 * of them tells another one, nor the platform's.
 */
export function serviceLogins(ref: string, platformPassword: string): ReadonlyMap<string, Login> {
  const derive = (role: string): Login => derivedLogin(serviceLoginName(ref, role), platformPassword);
  return new LoginsByRole(
    SERVICE_ROLES.map((role) => [role, derive(role)]),
    derive,
  );
}

/** Suites come and go while a project is open: their logins follow from the name, and need not be listed. */
class LoginsByRole extends Map<string, Login> {
  readonly #derive: (role: string) => Login;
  /** Asked for with every transaction; names come from our own lists of suites, so there are few. */
  readonly #suites = new Map<string, Login>();

  constructor(services: readonly (readonly [string, Login])[], derive: (role: string) => Login) {
    super(services);
    this.#derive = derive;
  }

  override get(role: string): Login | undefined {
    const known = super.get(role) ?? this.#suites.get(role);
    if (known !== undefined || !isSuiteName(role)) return known;
    const login = this.#derive(role);
    this.#suites.set(role, login);
    return login;
  }
}

/** A project's logins for free SQL, by the one role each may become. */
export function consoleLogins(ref: string, platformPassword: string): ReadonlyMap<string, Login> {
  return new Map(CONSOLE_ROLES.map((role) => [role, derivedLogin(consoleLoginName(ref, role), platformPassword)]));
}

/** A login whose password follows from the platform's. */
export function derivedLogin(user: string, platformPassword: string): Login {
  return { user, password: createHmac('sha256', platformPassword).update(`login ${user}`).digest('base64url') };
}
