import { AshlarError } from '@ashlar/kernel';
import { expect, test } from 'vitest';
import { loadConfig, type ConfigSources } from './load-config.ts';

const nothing: ConfigSources = { flags: {}, environment: {}, file: null, folder: '/instance' };

function faultsOf(sources: Partial<ConfigSources>): string {
  try {
    loadConfig({ ...nothing, ...sources });
  } catch (error) {
    if (error instanceof AshlarError) return error.message;
  }
  return '';
}

test('without any setting every option has its default', () => {
  const config = loadConfig(nothing);
  expect(config.instance).toEqual({ data: '/instance/.ashlar' });
  expect(config.server).toEqual({ host: '127.0.0.1', port: 8000, dev: false, outboundAllow: [] });
  expect(config.postgres).toEqual({ databaseUrl: null, dbPort: 54_322, projectIdleSeconds: 300 });
  expect(config.auth.autoconfirm).toBe(true);
});

test('a flag wins over the environment, the environment over the file, the file over the default', () => {
  const file = { path: '/etc/ashlar/ashlar.toml', text: '[server]\nport = 1\nhost = "::1"\n[postgres]\ndb_port = 1' };
  const environment = { ASHLAR_PORT: '2', ASHLAR_DB_PORT: '2' };
  const config = loadConfig({ ...nothing, flags: { port: '3' }, environment, file });
  expect([config.server.port, config.postgres.dbPort, config.server.host]).toEqual([3, 2, '::1']);
});

test('an empty variable counts as not set', () => {
  expect(loadConfig({ ...nothing, environment: { ASHLAR_PORT: '', DATABASE_URL: '' } }).server.port).toBe(8000);
});

test('DATABASE_URL is read unless ASHLAR_DATABASE_URL says otherwise', () => {
  const environment = { DATABASE_URL: 'postgres://a/1' };
  expect(loadConfig({ ...nothing, environment }).postgres.databaseUrl).toBe('postgres://a/1');
  const both = { ...environment, ASHLAR_DATABASE_URL: 'postgres://b/2' };
  expect(loadConfig({ ...nothing, environment: both }).postgres.databaseUrl).toBe('postgres://b/2');
});

test('paths are taken from the folder of the file that names them', () => {
  const file = { path: '/etc/ashlar/ashlar.toml', text: '[instance]\ndata = "instance"' };
  expect(loadConfig({ ...nothing, file }).instance.data).toBe('/etc/ashlar/instance');
  expect(loadConfig({ ...nothing, file, flags: { data: 'here' } }).instance.data).toBe('/instance/here');
});

test('lists are written with commas in a variable and as arrays in the file', () => {
  const expected = ['public', 'api'];
  const environment = { ASHLAR_REST_SCHEMAS: 'public, api' };
  const file = { path: '/ashlar.toml', text: '[rest]\nrest_schemas = ["public", "api"]' };
  expect(loadConfig({ ...nothing, environment }).rest.restSchemas).toEqual(expected);
  expect(loadConfig({ ...nothing, file }).rest.restSchemas).toEqual(expected);
});

test('a signing key is JSON text or a table', () => {
  const jwk = { kty: 'EC', crv: 'P-256' };
  const environment = { ASHLAR_SIGNING_KEY: JSON.stringify(jwk) };
  const file = { path: '/ashlar.toml', text: '[keys.signing_key]\nkty = "EC"\ncrv = "P-256"' };
  expect(loadConfig({ ...nothing, environment }).keys.signingKey).toEqual(jwk);
  expect(loadConfig({ ...nothing, file }).keys.signingKey).toEqual(jwk);
});

test('all faults are reported at once, each with its source, what was found and what is wanted', () => {
  const file = {
    path: '/ashlar.toml',
    text: '[server]\nprot = 1\n[colours]\nred = true\n[auth]\nautoconfirm = "maybe"',
  };
  const environment = { ASHLAR_LOG_LEVEL: 'loud', ASHLAR_JWT_SECRET: 'short-secret' };
  expect(faultsOf({ flags: { port: '80a' }, environment, file })).toBe(
    [
      'The configuration has 6 faults:',
      '  /ashlar.toml [server] prot: found an unknown name, wanted one of host, port, dev, outbound_allow',
      '  /ashlar.toml [colours]: found an unknown name, wanted one of the tables instance, server, telemetry, postgres, gateway, split, keys, rest, auth, mail, control, realtime, storage, jobs, webhooks',
      '  --port: found "80a", wanted a whole number from 0 to 65535',
      '  ASHLAR_LOG_LEVEL: found "loud", wanted one of debug, info, warn, error, silent',
      '  ASHLAR_JWT_SECRET: found a value of 12 characters, wanted text of 32 to 16384 characters',
      '  /ashlar.toml [auth] autoconfirm: found "maybe", wanted true or false',
    ].join('\n'),
  );
});

test('a file that is no TOML is a fault with its place', () => {
  const file = { path: '/ashlar.toml', text: '[server]\nport = = 1' };
  expect(faultsOf({ file })).toMatch(/^The configuration has a fault:\n {2}\/ashlar\.toml:2:\d+: .*, wanted TOML$/);
});

test('a certificate without its key is a fault', () => {
  expect(faultsOf({ environment: { ASHLAR_TLS_CERT: 'cert.pem' } })).toContain(
    'ASHLAR_TLS_CERT: found alone, wanted together with --tls-key',
  );
});

test('the result is frozen', () => {
  const config = loadConfig(nothing);
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.rest.restSchemas)).toBe(true);
});
