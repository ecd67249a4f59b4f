import { expect, test } from 'vitest';
import { clusterRoles, type FoundRole, projectRoles, roleStatements, type RoleSpec } from './roles.ts';

const logins = {
  authenticator: { user: 'shop_authenticator', password: 'a' },
  owner: { user: 'shop_owner', password: 'o' },
};

function asFound(specs: readonly RoleSpec[]): ReadonlyMap<string, FoundRole> {
  return new Map(
    specs.map((spec) => [
      spec.name,
      {
        rolname: spec.name,
        rolcanlogin: spec.login,
        rolinherit: spec.inherit ?? true,
        rolbypassrls: spec.bypassRls,
        member_of: spec.memberOf,
      },
    ]),
  );
}

test('roles that are as wanted need no statement', () => {
  const wanted = clusterRoles('postgres');
  expect(roleStatements(wanted, asFound(wanted))).toEqual([]);
});

test('a project on a new cluster gets logins that can become nothing but its roles', () => {
  expect(roleStatements(projectRoles('shop', logins, 'postgres'), new Map())).toEqual([
    'CREATE ROLE "shop_authenticator" LOGIN NOINHERIT',
    'CREATE ROLE "shop_owner" LOGIN INHERIT',
    'CREATE ROLE "shop_identity" LOGIN NOINHERIT',
    'CREATE ROLE "shop_realtime" LOGIN NOINHERIT',
    'CREATE ROLE "shop_storage" LOGIN NOINHERIT',
    'CREATE ROLE "shop_webhooks" LOGIN NOINHERIT',
    'CREATE ROLE "shop_notifications" LOGIN NOINHERIT',
    'CREATE ROLE "shop_registry" LOGIN NOINHERIT',
    'CREATE ROLE "shop_events" LOGIN NOINHERIT',
    'CREATE ROLE "shop_as_anon" LOGIN NOINHERIT',
    'CREATE ROLE "shop_as_authenticated" LOGIN NOINHERIT',
    'CREATE ROLE "shop_as_service_role" LOGIN NOINHERIT',
    'CREATE ROLE "shop_viewer" LOGIN NOINHERIT',
    'GRANT "anon", "authenticated", "service_role" TO "shop_authenticator"',
    'GRANT "postgres" TO "shop_owner"',
    'GRANT "identity" TO "shop_identity"',
    'GRANT "realtime" TO "shop_realtime"',
    'GRANT "storage" TO "shop_storage"',
    'GRANT "webhooks" TO "shop_webhooks"',
    'GRANT "notifications" TO "shop_notifications"',
    'GRANT "registry" TO "shop_registry"',
    'GRANT "events" TO "shop_events"',
    'GRANT "anon" TO "shop_as_anon"',
    'GRANT "authenticated" TO "shop_as_authenticated"',
    'GRANT "service_role" TO "shop_as_service_role"',
    'GRANT "console_reader" TO "shop_viewer"',
  ]);
});

test('what was changed is changed back, attribute by attribute', () => {
  const wanted = clusterRoles('postgres');
  const found = new Map(asFound(wanted));
  const serviceRole = { rolname: 'service_role', rolcanlogin: true, rolinherit: false, rolbypassrls: false };
  found.set('service_role', { ...serviceRole, member_of: [] });
  found.set('postgres', {
    ...serviceRole,
    rolname: 'postgres',
    rolcanlogin: false,
    rolinherit: true,
    member_of: ['anon'],
  });
  expect(roleStatements(wanted, found)).toEqual([
    'ALTER ROLE "service_role" NOLOGIN BYPASSRLS',
    'GRANT "authenticated", "service_role", "supabase_storage_admin" TO "postgres"',
  ]);
});

test('only service_role and the reader of the console pass row-level security, and only the platform can log in', () => {
  const roles = clusterRoles('postgres');
  expect(roles.filter((spec) => spec.bypassRls).map((spec) => spec.name)).toEqual(['service_role', 'console_reader']);
  expect(roles.filter((spec) => spec.login).map((spec) => spec.name)).toEqual(['ashlar_platform']);
});
