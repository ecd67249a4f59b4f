import { createHmac } from 'node:crypto';
import type { Login } from '../session/target.ts';
import { CONSOLE_ROLES, consoleLoginName, SERVICE_ROLES, serviceLoginName } from './roles.ts';

/**
 * A project's logins for services, by runner role. Their passwords follow from the platform's, whose login may become
 * more than any of them: there is nothing else to keep, and every process of an instance comes to the same ones. None
 * of them tells another one, nor the platform's.
 */
export function serviceLogins(ref: string, platformPassword: string): ReadonlyMap<string, Login> {
  return new Map(SERVICE_ROLES.map((role) => [role, derivedLogin(serviceLoginName(ref, role), platformPassword)]));
}

/** A project's logins for free SQL, by the one role each may become. */
export function consoleLogins(ref: string, platformPassword: string): ReadonlyMap<string, Login> {
  return new Map(CONSOLE_ROLES.map((role) => [role, derivedLogin(consoleLoginName(ref, role), platformPassword)]));
}

/** A login whose password follows from the platform's. */
export function derivedLogin(user: string, platformPassword: string): Login {
  return { user, password: createHmac('sha256', platformPassword).update(`login ${user}`).digest('base64url') };
}
