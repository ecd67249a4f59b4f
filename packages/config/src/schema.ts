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
  readonly mail: MailConfig;
  readonly control: ControlConfig;
  readonly realtime: RealtimeConfig;
  readonly storage: StorageConfig;
  readonly jobs: JobsConfig;
  readonly webhooks: WebhooksConfig;
}

export interface InstanceConfig {
  readonly data: string;
}

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly dev: boolean;
  readonly outboundAllow: readonly string[];
}

export interface TelemetryConfig {
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly logFormat: 'auto' | 'json' | 'pretty';
}

export interface PostgresConfig {
  readonly databaseUrl: string | null;
  readonly dbPort: number;
  readonly projectIdleSeconds: number;
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
  readonly grpcPort: number | null;
}

export interface SplitConfig {
  readonly upstreamControl: string | null;
  readonly upstreamData: string | null;
  readonly upstreamIdentity: string | null;
  readonly upstreamNotifications: string | null;
  readonly upstreamRealtime: string | null;
  readonly upstreamStorage: string | null;
  readonly natsUrl: string | null;
  readonly upstreamScheduler: string | null;
  readonly upstreamWebhooks: string | null;
  readonly upstreamRegistry: string | null;
  readonly upstreamSuites: string | null;
  readonly identitySecret: string | null;
}

export interface JobsConfig {
  readonly jobsConcurrency: number;
  readonly jobsKeepHours: number;
  readonly jobsKeepFailedHours: number;
}

export interface WebhooksConfig {
  readonly webhooksKeepDays: number;
  readonly webhooksRetryPauses: readonly string[];
  readonly webhooksDisableDays: number;
}

export interface ControlConfig {
  readonly pinnedSettings: readonly string[];
  readonly vaultUrl: string | null;
  readonly vaultToken: string | null;
  readonly vaultMount: string;
  readonly vaultPath: string;
}

export interface RealtimeConfig {
  readonly realtimeMaxConnections: number;
  readonly realtimePublicChannels: boolean;
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
  readonly graphiql: boolean;
}

export interface AuthConfig {
  readonly siteUrl: string;
  readonly redirectUrls: readonly string[];
  readonly jwtExpirySeconds: number;
  readonly refreshTokenSeconds: number;
  readonly autoconfirm: boolean;
  readonly disableSignup: boolean;
  readonly anonymousSignIn: boolean;
  readonly minPasswordLength: number;
  readonly refreshReuseIntervalSeconds: number;
}

export interface MailConfig {
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly mailHttpKey: string | null;
  readonly mailHttpUrl: string;
}

export interface StorageConfig {
  readonly storageFileSizeLimit: number;
  readonly storageQuotaBytes: number | null;
  readonly storageQuotaObjects: number | null;
  readonly s3Region: string;
  readonly storageBackend: 'folder' | 's3';
  readonly storageS3Endpoint: string | null;
  readonly storageS3Region: string;
  readonly storageS3Bucket: string | null;
  readonly storageS3Prefix: string;
  readonly storageS3AccessKey: string | null;
  readonly storageS3SecretKey: string | null;
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

const smtpServer = matching({
  pattern: /^smtps?:\/\/(?:[^\s/?#@:]+:[^\s/?#@]*@)?[^\s/?#@]+\/?(?:\?tls=(?:none|starttls|implicit))?$/,
  wanted: 'smtp://user:password@host:587 or smtps://user:password@host, with ?tls=none for clear text',
  placeholder: '<url>',
});

const mailSender = matching({
  pattern: /^(?:[^\s<>@,;"]+@[^\s<>@,;"]+|[^\p{Cc}<>"]{1,200}<[^\s<>@,;"]+@[^\s<>@,;"]+>)$/u,
  wanted: 'an address, or Name <address>',
  placeholder: '<address>',
});

const networkRange = matching({
  pattern: /^[0-9A-Fa-f.:]+(?:\/\d{1,3})?$|^(?:loopback|linklocal|uniquelocal)$/,
  wanted: 'an address, a range such as 10.0.0.0/8, or loopback, linklocal, uniquelocal',
  placeholder: '<range>',
});

const outboundHost = matching({
  pattern:
    /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})(?:\/\d{1,2}|:\d{1,5})?|[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*(?:\/\d{1,3})?|\[[0-9A-Fa-f.:]+\](?::\d{1,5})?)$/,
  wanted: 'a host, an address or a range such as 10.0.0.0/8, with a port if you like, or loopback',
  placeholder: '<host>',
});

const s3Region = matching({ pattern: /^[\w-]{1,32}$/, wanted: 'the name of a region', placeholder: '<region>' });

const s3Bucket = matching({
  pattern: /^[\w][\w.-]{1,98}[\w]$/,
  wanted: 'the name of a bucket',
  placeholder: '<bucket>',
});

const s3Prefix = matching({
  pattern: /^(?:[\w-][\w.-]{0,63}\/){0,8}$/,
  wanted: 'folders, each with a slash behind it, or nothing',
  placeholder: '<folder/>',
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
        about: 'For your own machine: no rate limits, a reference page of the REST API, and mails caught at /dev/mail.',
      }),
      outboundAllow: option(list(outboundHost, { minItems: 0 }), {
        default: [],
        about:
          'Private hosts that requests on behalf of users may reach, such as an identity provider on your own network; only public ones otherwise.',
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
      projectIdleSeconds: option(integer({ min: 1, max: 86_400 }), {
        default: 300,
        about:
          'Seconds out of use after which a project gives back its connections and what the database server keeps of its log.',
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
        about: 'Requests in progress at once, at most 256 while busy; beyond it the answer is 503.',
      }),
      grpcPort: option(optional(integer({ min: 0, max: 65_535 })), {
        default: null,
        about: 'Port on which use cases of suites answer over gRPC, 0 for any free one; without it none listens.',
      }),
    },
  },
  split: {
    title: 'Several processes',
    options: {
      upstreamControl: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve control` listens, when the gateway runs without it.',
      }),
      upstreamData: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve data` listens, when the gateway runs without it.',
      }),
      upstreamIdentity: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve identity` listens, when the gateway runs without it.',
      }),
      upstreamNotifications: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve notifications` listens, when the gateway runs without it.',
      }),
      upstreamRealtime: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve realtime` listens, when the gateway runs without it.',
      }),
      upstreamStorage: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve storage` listens, when the gateway runs without it.',
      }),
      natsUrl: option(optional(url('nats', 'tls')), {
        default: null,
        about:
          'NATS server (2.9 or later, with JetStream) over which several processes pass on broadcasts and events; one process needs none.',
        secret: true,
        alsoFrom: 'NATS_URL',
      }),
      upstreamScheduler: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve scheduler` listens, when the gateway runs without it.',
      }),
      upstreamWebhooks: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve webhooks` listens, when the gateway runs without it.',
      }),
      upstreamRegistry: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve registry` listens, when the gateway runs without it.',
      }),
      upstreamSuites: option(optional(url('http', 'https')), {
        default: null,
        about: 'Where `ashlar serve suites` listens, when the gateway runs without it.',
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
      graphiql: option(toggle(), {
        default: false,
        about: 'Give browsers GraphiQL at /graphql/v1; --dev does too.',
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
        default: 900,
        about: 'Life of an access token in seconds.',
      }),
      refreshTokenSeconds: option(integer({ min: 60, max: 31_536_000, placeholder: '<seconds>' }), {
        default: 604_800,
        about: 'Seconds after which a session that was not refreshed has ended.',
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
  mail: {
    title: 'Mail (of projects that have no server of their own)',
    options: {
      smtpUrl: option(optional(smtpServer), {
        default: null,
        about: 'Server mails leave by; smtp:// upgrades to TLS before it signs in, smtps:// begins with it.',
        secret: true,
      }),
      mailFrom: option(mailSender, {
        default: 'noreply@localhost',
        about: 'Sender of mails, as an address or as Name <address>.',
      }),
      mailHttpKey: option(optional(text()), {
        default: null,
        about: "Key of a mail provider that speaks Resend's HTTP interface, used instead of an SMTP server.",
        secret: true,
      }),
      mailHttpUrl: option(url('http', 'https'), {
        default: 'https://api.resend.com',
        about: 'Where that provider answers.',
      }),
    },
  },
  control: {
    title: 'Control plane',
    options: {
      pinnedSettings: option(list(text({ placeholder: '<setting>' }), { minItems: 0 }), {
        default: [],
        about: 'Settings such as rest.maxRows that no project may change: what the instance says holds for all.',
      }),
      vaultUrl: option(optional(url('http', 'https')), {
        default: null,
        about: 'Vault or OpenBao that keeps the master key of secrets, instead of the key folder.',
      }),
      vaultToken: option(optional(text()), {
        default: null,
        about: 'Token for it, with the right to read and write the path.',
        secret: true,
      }),
      vaultMount: option(text({ placeholder: '<mount>' }), {
        default: 'secret',
        about: 'Where a KV engine of version 2 is mounted in it.',
      }),
      vaultPath: option(text({ placeholder: '<path>' }), {
        default: 'ashlar/master-keys',
        about: 'Path of the master key below the mount.',
      }),
    },
  },
  realtime: {
    title: 'Realtime',
    options: {
      realtimeMaxConnections: option(integer({ min: 1, max: 100_000, placeholder: '<connections>' }), {
        default: 8_000,
        about: 'Websockets one project may have open in a process.',
      }),
      realtimePublicChannels: option(toggle(), {
        default: true,
        about: 'Allow channels that anybody with a key may join; off, every channel has to be private.',
      }),
    },
  },
  storage: {
    title: 'Files',
    options: {
      storageFileSizeLimit: option(integer({ min: 1, max: 5_497_558_138_880, placeholder: '<bytes>' }), {
        default: 5_368_709_120,
        about: 'Largest file in bytes; a bucket may set less.',
      }),
      storageQuotaBytes: option(optional(integer({ min: 0, max: Number.MAX_SAFE_INTEGER, placeholder: '<bytes>' })), {
        default: null,
        about:
          'Bytes all files of a project may have together, where its settings say nothing of it; by default no bound.',
      }),
      storageQuotaObjects: option(optional(integer({ min: 0, max: Number.MAX_SAFE_INTEGER })), {
        default: null,
        about: 'How many files a project may have, where its settings say nothing of it; by default no bound.',
      }),
      s3Region: option(s3Region, {
        default: 'us-east-1',
        about: 'Region clients of the S3 protocol sign for; `local` is accepted too.',
      }),
      storageBackend: option(choice('<place>', ['folder', 's3']), {
        default: 'folder',
        about: 'Where files are kept: in the folder of the instance, or in a bucket that speaks S3.',
      }),
      storageS3Endpoint: option(optional(url('http', 'https')), {
        default: null,
        about: 'Address of the S3 server that keeps the files; by default that of AWS.',
      }),
      storageS3Region: option(s3Region, {
        default: 'us-east-1',
        about: 'Region of the bucket that keeps the files.',
      }),
      storageS3Bucket: option(optional(s3Bucket), {
        default: null,
        about: 'Bucket that keeps the files; it must be there.',
      }),
      storageS3Prefix: option(s3Prefix, {
        default: 'ashlar/',
        about: 'What every key in that bucket begins with; nobody else may write there.',
      }),
      storageS3AccessKey: option(optional(text({ minLength: 1 })), {
        default: null,
        about: 'Access key for that bucket.',
      }),
      storageS3SecretKey: option(optional(text({ minLength: 1 })), {
        default: null,
        about: 'Secret of that access key.',
        secret: true,
      }),
    },
  },
  jobs: {
    title: 'Jobs',
    options: {
      jobsConcurrency: option(integer({ min: 1, max: 1_000, placeholder: '<jobs>' }), {
        default: 20,
        about: 'Jobs a process does at once; one project has three quarters of them at most.',
      }),
      jobsKeepHours: option(integer({ min: 1, max: 8_760, placeholder: '<hours>' }), {
        default: 24,
        about: 'Hours for which jobs that were done or cancelled can be read.',
      }),
      jobsKeepFailedHours: option(integer({ min: 1, max: 8_760, placeholder: '<hours>' }), {
        default: 168,
        about: 'Hours for which jobs that were given up can be read and repeated.',
      }),
    },
  },
  webhooks: {
    title: 'Webhooks',
    options: {
      webhooksKeepDays: option(integer({ min: 1, max: 365, placeholder: '<days>' }), {
        default: 14,
        about: 'Days for which deliveries of webhooks that are done can be read and made once more.',
      }),
      webhooksRetryPauses: option(
        list(
          matching({
            pattern: /^(?!0)\d{1,6}$/,
            wanted: 'a whole number of seconds from 1 to 999999',
            placeholder: '<seconds>',
          }),
          { minItems: 1 },
        ),
        {
          default: ['5', '300', '1800', '7200', '18000', '36000', '50400', '72000', '86400'],
          about: 'Seconds between the attempts at a delivery; after the last of them it has failed.',
        },
      ),
      webhooksDisableDays: option(integer({ min: 1, max: 365, placeholder: '<days>' }), {
        default: 5,
        about: 'Days without any success after which an endpoint of webhooks is disabled.',
      }),
    },
  },
};
