import { choice, integer, jsonObject, list, matching, optional, path, text, toggle, url } from './kinds.ts';
import { option, type OptionsOf } from './option.ts';

/** All settings of a process, grouped by the part of the platform that reads them. Frozen once loaded. */
export interface Config {
  readonly instance: InstanceConfig;
  readonly server: ServerConfig;
  readonly telemetry: TelemetryConfig;
  readonly postgres: PostgresConfig;
  readonly gateway: GatewayConfig;
  readonly split: SplitConfig;
  readonly keys: KeysConfig;
  readonly rest: RestConfig;
  readonly auth: AuthConfig;
}

export interface InstanceConfig {
  readonly data: string;
}

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly dev: boolean;
}

export interface TelemetryConfig {
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly logFormat: 'auto' | 'json' | 'pretty';
}

export interface PostgresConfig {
  readonly databaseUrl: string | null;
  readonly dbPort: number;
}

export interface GatewayConfig {
  readonly publicUrl: string | null;
  readonly baseHost: string | null;
  readonly trustedProxies: readonly string[];
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly requireApiKey: boolean;
  readonly rateLimitPerAddress: number | null;
  readonly rateLimitPerUser: number;
  readonly maxConcurrentRequests: number;
}

export interface SplitConfig {
  readonly upstreamData: string | null;
  readonly upstreamIdentity: string | null;
  readonly identitySecret: string | null;
}

export interface KeysConfig {
  readonly jwtSecret: string | null;
  readonly anonKey: string | null;
  readonly serviceRoleKey: string | null;
  readonly publishableKey: string | null;
  readonly secretKey: string | null;
  readonly signingKey: Readonly<Record<string, unknown>> | null;
}

export interface RestConfig {
  readonly restSchemas: readonly string[];
  readonly restExtraSearchPath: readonly string[];
  readonly restMaxRows: number;
  readonly restAggregates: boolean;
  readonly restPlan: boolean;
  readonly restTransactionEnd: 'commit' | 'commit-allow-override' | 'rollback' | 'rollback-allow-override';
  readonly restOpenapi: 'follow-privileges' | 'ignore-privileges' | 'disabled';
  readonly restReference: boolean;
}

export interface AuthConfig {
  readonly siteUrl: string;
  readonly redirectUrls: readonly string[];
  readonly jwtExpirySeconds: number;
  readonly autoconfirm: boolean;
  readonly disableSignup: boolean;
  readonly anonymousSignIn: boolean;
  readonly minPasswordLength: number;
  readonly refreshReuseIntervalSeconds: number;
}

export interface OptionGroup<Values> {
  readonly title: string;
  readonly options: OptionsOf<Values>;
}

export type ConfigSchema = { readonly [Group in keyof Config]: OptionGroup<Config[Group]> };

const hostName = matching({
  pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
  wanted: 'an address or a host name',
  placeholder: '<host>',
});

const jsonWebToken = matching({
  pattern: /^[\w-]+\.[\w-]+\.[\w-]+$/,
  wanted: 'a signed JWT of three parts',
  placeholder: '<jwt>',
});

const schemaName = matching({
  pattern: /^[^\0"]{1,63}$/,
  wanted: 'the name of a schema, at most 63 bytes',
  placeholder: '<schema>',
});

const networkRange = matching({
  pattern: /^[0-9A-Fa-f.:]+(?:\/\d{1,3})?$|^(?:loopback|linklocal|uniquelocal)$/,
  wanted: 'an address, a range such as 10.0.0.0/8, or loopback, linklocal, uniquelocal',
  placeholder: '<range>',
});

/** Every option there is. Flags, environment names, TOML keys, help and the reference page are made from it. */
export const configSchema: ConfigSchema = {
  instance: {
    title: 'Instance',
    options: {
      data: option(path(), {
        default: '.ashlar',
        about: 'Folder of the instance: database, keys and files.',
      }),
    },
  },
  server: {
    title: 'Process',
    options: {
      host: option(hostName, {
        default: '127.0.0.1',
        about: 'Address the HTTP server listens on; loopback until you say otherwise.',
      }),
      port: option(integer({ min: 0, max: 65_535, placeholder: '<port>' }), {
        default: 8000,
        about: 'Port the HTTP server listens on; 0 takes a free one.',
      }),
      dev: option(toggle(), {
        default: false,
        about: 'For your own machine: no rate limits, and a reference page of the REST API.',
      }),
    },
  },
  telemetry: {
    title: 'Logs',
    options: {
      logLevel: option(choice('<level>', ['debug', 'info', 'warn', 'error', 'silent']), {
        default: 'info',
        about: 'Least severity that is logged.',
      }),
      logFormat: option(choice('<format>', ['auto', 'json', 'pretty']), {
        default: 'auto',
        about: 'Form of a log line: auto is pretty on a terminal and json elsewhere.',
      }),
    },
  },
  postgres: {
    title: 'PostgreSQL',
    options: {
      databaseUrl: option(optional(url('postgres', 'postgresql')), {
        default: null,
        about: 'A PostgreSQL 15 or newer to use in place of the embedded one.',
        secret: true,
        alsoFrom: 'DATABASE_URL',
      }),
      dbPort: option(integer({ min: 0, max: 65_535, placeholder: '<port>' }), {
        default: 54_322,
        about: 'Loopback port of the embedded PostgreSQL; a free one is taken when it is in use.',
      }),
    },
  },
  gateway: {
    title: 'Front door',
    options: {
      publicUrl: option(optional(url('http', 'https')), {
        default: null,
        about:
          'Origin and path clients reach the server by, for links and token issuers; by default the listening address.',
      }),
      baseHost: option(optional(hostName), {
        default: null,
        about: 'Host whose subdomains name projects: with example.org, shop.example.org is project shop.',
      }),
      trustedProxies: option(list(networkRange, { minItems: 0 }), {
        default: [],
        about: 'Proxies whose X-Forwarded headers are believed.',
      }),
      tlsCert: option(optional(path()), {
        default: null,
        about: 'PEM file of the certificate chain; with --tls-key the server speaks HTTPS.',
      }),
      tlsKey: option(optional(path()), {
        default: null,
        about: 'PEM file of the private key of the certificate.',
      }),
      requireApiKey: option(toggle(), {
        default: false,
        about: 'Answer 401 to a request without any key instead of treating it as anon.',
      }),
      rateLimitPerAddress: option(optional(integer({ min: 0, max: 1_000_000 })), {
        default: null,
        about:
          'Requests per second from one client address, ten times as many in a burst; 0 sets no limit. Without it 300, and no limit for this machine itself.',
      }),
      rateLimitPerUser: option(integer({ min: 0, max: 1_000_000 }), {
        default: 100,
        about: 'Requests per second of one signed-in user, ten times as many in a burst; 0 sets no limit.',
      }),
      maxConcurrentRequests: option(integer({ min: 1, max: 100_000 }), {
        default: 2_048,
        about: 'Requests in progress at once; beyond it the answer is 503.',
      }),
    },
  },
  split: {
    title: 'Several processes',
    options: {
      upstreamData: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve data` listens, when the gateway runs without it.',
      }),
      upstreamIdentity: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve identity` listens, when the gateway runs without it.',
      }),
      identitySecret: option(optional(text({ minLength: 32 })), {
        default: null,
        about:
          'Secret the gateway signs the caller with towards its services; by default from the key folder they share.',
        secret: true,
      }),
    },
  },
  keys: {
    title: 'Keys of the default project (generated at its creation where not given)',
    options: {
      jwtSecret: option(optional(text({ minLength: 32 })), {
        default: null,
        about: 'HS256 secret of the legacy keys, and of access tokens when no signing key is given.',
        secret: true,
      }),
      anonKey: option(optional(jsonWebToken), {
        default: null,
        about: 'Legacy key of role anon, signed with the JWT secret.',
      }),
      serviceRoleKey: option(optional(jsonWebToken), {
        default: null,
        about: 'Legacy key of role service_role, signed with the JWT secret.',
        secret: true,
      }),
      publishableKey: option(
        optional(
          matching({
            pattern: /^sb_publishable_[\w-]{8,200}$/,
            wanted: 'a key that begins with sb_publishable_',
            placeholder: '<key>',
          }),
        ),
        { default: null, about: 'Publishable key: role anon.' },
      ),
      secretKey: option(
        optional(
          matching({
            pattern: /^sb_secret_[\w-]{8,200}$/,
            wanted: 'a key that begins with sb_secret_',
            placeholder: '<key>',
          }),
        ),
        { default: null, about: 'Secret key: role service_role.', secret: true },
      ),
      signingKey: option(optional(jsonObject('a private JWK for ES256 or RS256 as JSON')), {
        default: null,
        about: 'Private JWK (ES256 or RS256) that signs access tokens.',
        secret: true,
      }),
    },
  },
  rest: {
    title: 'REST',
    options: {
      restSchemas: option(list(schemaName, { minItems: 1 }), {
        default: ['public', 'graphql_public'],
        about: 'Schemas the REST API shows; the first is the default one.',
      }),
      restExtraSearchPath: option(list(schemaName, { minItems: 0 }), {
        default: ['public', 'extensions'],
        about: "Schemas put on the search path after the request's own.",
      }),
      restMaxRows: option(integer({ min: 0, max: 1_000_000_000 }), {
        default: 1000,
        about: 'Most rows a read returns, on every level; 0 sets no cap.',
      }),
      restAggregates: option(toggle(), {
        default: false,
        about: 'Allow sum(), avg(), count() and the like in select.',
      }),
      restPlan: option(toggle(), {
        default: false,
        about: 'Allow clients to read query plans.',
      }),
      restTransactionEnd: option(
        choice('<how>', ['commit', 'commit-allow-override', 'rollback', 'rollback-allow-override']),
        {
          default: 'commit',
          about: 'How a request ends its transaction, and whether Prefer: tx= may change that.',
        },
      ),
      restOpenapi: option(choice('<how>', ['follow-privileges', 'ignore-privileges', 'disabled']), {
        default: 'follow-privileges',
        about: 'Whether the REST API describes itself, and whether by what the caller may use.',
      }),
      restReference: option(toggle(), {
        default: false,
        about: 'Serve that description as a page at /rest/v1/reference; --dev does too.',
      }),
    },
  },
  auth: {
    title: 'Accounts',
    options: {
      siteUrl: option(url('http', 'https'), {
        default: 'http://127.0.0.1:3000',
        about: 'Where your application lives: the target of links and redirects.',
      }),
      redirectUrls: option(list(text({ placeholder: '<url>' }), { minItems: 0 }), {
        default: [],
        about: 'Further addresses a redirect may lead to; * and ** are wildcards.',
      }),
      jwtExpirySeconds: option(integer({ min: 30, max: 604_800, placeholder: '<seconds>' }), {
        default: 3600,
        about: 'Life of an access token in seconds.',
      }),
      autoconfirm: option(toggle(), {
        default: true,
        about: 'Treat a new address as confirmed, so that signing up signs in.',
      }),
      disableSignup: option(toggle(), {
        default: false,
        about: 'Only administrators create users.',
      }),
      anonymousSignIn: option(toggle(), {
        default: false,
        about: 'Allow sign-in without any address.',
      }),
      minPasswordLength: option(integer({ min: 6, max: 72, placeholder: '<characters>' }), {
        default: 6,
        about: 'Least length of a password in characters.',
      }),
      refreshReuseIntervalSeconds: option(integer({ min: 0, max: 3600, placeholder: '<seconds>' }), {
        default: 10,
        about: 'Seconds in which a used refresh token may be used again by a client that lost the answer.',
      }),
    },
  },
};
