import { escapeIdentifier } from 'pg';
import type { Login } from '../session/target.ts';
import type { ProjectLogins } from './cluster.ts';

/** A role as the platform wants it. What is not named here (SUPERUSER, CREATEDB, …) no role of ours has. */
export interface RoleSpec {
  readonly name: string;
  readonly login: boolean;
  /** undefined: as it is. */
  readonly inherit: boolean | undefined;
  readonly bypassRls: boolean;
  readonly memberOf: readonly string[];
}

/** A role as the server has it. */
export interface FoundRole {
  readonly rolname: string;
  readonly rolcanlogin: boolean;
  readonly rolinherit: boolean;
  readonly rolbypassrls: boolean;
  readonly member_of: readonly string[];
}

export const PLATFORM_LOGIN = 'ashlar_platform';

/** What a request may become. */
const API_ROLES: readonly string[] = ['anon', 'authenticated', 'service_role'];
/** They own the schemas of services and run their migrations. */
const OWNER_ROLES: readonly string[] = [
  'supabase_auth_admin',
  'supabase_storage_admin',
  'supabase_realtime_admin',
  'control_owner',
  'events_owner',
  'scheduler_owner',
  'webhooks_owner',
  'notifications_owner',
  'registry_owner',
  'suites_owner',
];
/** Services run as these; they own nothing. */
const RUNNER_ROLES: readonly string[] = [
  'identity',
  'control',
  'scheduler',
  'realtime',
  'storage',
  'webhooks',
  'notifications',
  'registry',
  // Delivers events to all the others.
  'events',
];
/** Those that work in the control database alone, on the platform's login: no project's code runs there. */
const INSTANCE_ROLES: readonly string[] = ['control', 'scheduler'];
/** Those that work in the databases of projects; each has a login of its own in every one of them. */
export const SERVICE_ROLES: readonly string[] = RUNNER_ROLES.filter((name) => !INSTANCE_ROLES.includes(name));
/**
 * Reads what a project's people made, and cannot write. Rows are not withheld from it: who administers a project sees
 * its tables as they are, and what is not theirs to see it has no grant for.
 */
export const READER_ROLE = 'console_reader';
/** What free SQL of the console runs as, apart from the owner of the project; each has a login of its own. */
export const CONSOLE_ROLES: readonly string[] = [...API_ROLES, READER_ROLE];
/** What the roles of every suite are members of; it owns nothing and nobody runs as it. */
const SUITE_GROUP = 'suite_runner';
/** Known to existing SQL files, which grant to them. */
const FAMILIAR_ROLES: readonly string[] = ['dashboard_user', 'supabase_read_only_user'];

/**
 * The roles every cluster has once: no role here belongs to a project, and none but the platform's login can
 * connect. They are members of each other without ADMIN, so no project can hand them on.
 *
 * @param ownerRole Acts for the owner of a project inside the project's database.
 * @param mayBypass Whether we may make a role that passes row-level security; else the reader of the console passes it
 *   once an administrator says so.
 * @param platformLogin Another one where the server hosts a single project of ours.
 */
export function clusterRoles(
  ownerRole: string,
  mayBypass: boolean = true,
  platformLogin: string = PLATFORM_LOGIN,
): readonly RoleSpec[] {
  const plain = (name: string): RoleSpec => role({ name });
  return [
    ...API_ROLES.map((name) => role({ name, inherit: false, bypassRls: name === 'service_role' })),
    // Policies on files are the project's own to write, and only a table's owner may write policies.
    role({ name: ownerRole, memberOf: [...API_ROLES, 'supabase_storage_admin'] }),
    ...OWNER_ROLES.map(plain),
    ...RUNNER_ROLES.map(plain),
    ...FAMILIAR_ROLES.map(plain),
    plain(SUITE_GROUP),
    role({ name: READER_ROLE, inherit: false, bypassRls: mayBypass }),
    role({ name: platformLogin, login: true, inherit: false, memberOf: [...OWNER_ROLES, ...RUNNER_ROLES] }),
  ];
}

/**
 * The logins of a project. What the owner's role may do it may do in its own database alone. A service's login is one
 * project's as well: code that runs on it may change its password and settings, and must harm nobody else by it.
 */
export function projectRoles(ref: string, logins: ProjectLogins, ownerRole: string): readonly RoleSpec[] {
  return [
    authenticatorRole(logins.authenticator.user),
    role({ name: logins.owner.user, login: true, memberOf: [ownerRole] }),
    ...serviceLoginRoles(ref),
    ...consoleLoginRoles(ref),
  ];
}

/** The logins of the project in the control database: those of any project but an owner's. */
export function controlRoles(ref: string, authenticator: Login): readonly RoleSpec[] {
  return [authenticatorRole(authenticator.user), ...serviceLoginRoles(ref)];
}

function authenticatorRole(name: string): RoleSpec {
  return role({ name, login: true, inherit: false, memberOf: API_ROLES });
}

function serviceLoginRoles(ref: string): readonly RoleSpec[] {
  return SERVICE_ROLES.map((name) =>
    role({ name: serviceLoginName(ref, name), login: true, inherit: false, memberOf: [name] }),
  );
}

/** Whatever free SQL does on one of these, RESET ROLE leads to a login that may nothing, and SET ROLE back. */
function consoleLoginRoles(ref: string): readonly RoleSpec[] {
  return CONSOLE_ROLES.map((name) =>
    role({ name: consoleLoginName(ref, name), login: true, inherit: false, memberOf: [name] }),
  );
}

/** Roles of a suite: they exist once per cluster, from the first project on that has it. */
export function suiteRoles(suite: string, platformLogin: string = PLATFORM_LOGIN): readonly RoleSpec[] {
  return [
    role({ name: `${suite}_owner`, memberOf: [SUITE_GROUP] }),
    role({ name: suite, memberOf: [SUITE_GROUP] }),
    role({ name: platformLogin, login: true, inherit: false, memberOf: [`${suite}_owner`, suite] }),
  ];
}

/** A project's login for a suite: like a service's, it may become the runner and nothing else. */
export function suiteLoginRole(ref: string, suite: string): RoleSpec {
  return role({ name: serviceLoginName(ref, suite), login: true, inherit: false, memberOf: [suite] });
}

const SUITE_NAME = /^[a-z][a-z0-9]{1,29}$/;

/** Whether a suite may have this name: it becomes a role beside those of the platform. */
export function isSuiteName(name: string): boolean {
  const taken = [...API_ROLES, ...OWNER_ROLES, ...RUNNER_ROLES, ...FAMILIAR_ROLES, 'postgres', 'public', 'none'];
  return SUITE_NAME.test(name) && !taken.includes(name);
}

/** The login that administers a server it is no superuser of: it migrates the schemas of all owners. */
export function administratorRole(name: string, roles: readonly RoleSpec[]): RoleSpec {
  const groups = roles.filter((spec) => !spec.login).map((spec) => spec.name);
  return role({ name, login: true, inherit: undefined, memberOf: groups });
}

export function serviceLoginName(ref: string, runner: string): string {
  return `${ref}_${runner}`;
}

export function consoleLoginName(ref: string, name: string): string {
  return name === READER_ROLE ? `${ref}_viewer` : `${ref}_as_${name}`;
}

/** The platform's login on a server that hosts this project and nothing else of the instance. */
export function placedPlatformLogin(ref: string): string {
  return `${ref}_platform`;
}

/** Every login of a project, but for the platform's. */
export function allLoginNames(ref: string): readonly string[] {
  const { authenticator, owner } = loginNames(ref);
  return [
    authenticator,
    owner,
    ...SERVICE_ROLES.map((name) => serviceLoginName(ref, name)),
    ...CONSOLE_ROLES.map((name) => consoleLoginName(ref, name)),
  ];
}

/** The names of a project's logins follow from its ref, so dropping it needs nothing else. */
export function loginNames(ref: string): { readonly authenticator: string; readonly owner: string } {
  return { authenticator: `${ref}_authenticator`, owner: `${ref}_owner` };
}

/** What must run so that the roles found become the roles wanted; nothing when they are. Never takes away a membership. */
export function roleStatements(wanted: readonly RoleSpec[], found: ReadonlyMap<string, FoundRole>): readonly string[] {
  const creations: string[] = [];
  const grants: string[] = [];
  for (const spec of wanted) {
    const name = escapeIdentifier(spec.name);
    const present = found.get(spec.name);
    if (present === undefined) {
      creations.push(`CREATE ROLE ${name} ${attributes(spec).join(' ')}`);
    } else {
      const current = attributes({
        ...spec,
        login: present.rolcanlogin,
        inherit: spec.inherit === undefined ? undefined : present.rolinherit,
        bypassRls: present.rolbypassrls,
      });
      const changes = attributes(spec).filter((attribute) => !current.includes(attribute));
      if (changes.length > 0) creations.push(`ALTER ROLE ${name} ${changes.join(' ')}`);
    }
    const missing = spec.memberOf.filter((group) => present?.member_of.includes(group) !== true);
    if (missing.length > 0) grants.push(`GRANT ${missing.map(escapeIdentifier).join(', ')} TO ${name}`);
  }
  return [...creations, ...grants];
}

/**
 * For `roleStatements`: the roles of these names, with the groups they may become. From version 16 on who makes a
 * role is a member that may only grant it; before, that column does not exist.
 */
export const FOUND_ROLES_SQL = `
  SELECT rolname, rolcanlogin, rolinherit, rolbypassrls,
         ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                WHERE m.member = r.oid AND to_jsonb(m)->>'set_option' IS DISTINCT FROM 'false') AS member_of
    FROM pg_roles r
   WHERE rolname = ANY ($1)`;

function attributes(spec: RoleSpec): readonly string[] {
  return [
    spec.login ? 'LOGIN' : 'NOLOGIN',
    ...(spec.inherit === undefined ? [] : [spec.inherit ? 'INHERIT' : 'NOINHERIT']),
    // Saying NOBYPASSRLS needs the right to give it; it is what a new role has anyway.
    ...(spec.bypassRls ? ['BYPASSRLS'] : []),
  ];
}

function role(spec: Partial<RoleSpec> & { readonly name: string }): RoleSpec {
  return { login: false, inherit: true, bypassRls: false, memberOf: [], ...spec };
}
