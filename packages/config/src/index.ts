export { configErrors } from './config-errors.ts';
export { readConfigFile } from './config-file.ts';
export type { ConfigFile } from './config-file.ts';
export { helpEntry, optionHelp } from './help.ts';
export { loadConfig } from './load-config.ts';
export type { ConfigSources, Environment, Flags } from './load-config.ts';
export { flagOptions } from './option-entries.ts';
export { processEnvironment, startedByNpm } from './process-environment.ts';
export { configurationPage, environmentExample } from './reference.ts';
export type {
  AuthConfig,
  Config,
  GatewayConfig,
  InstanceConfig,
  KeysConfig,
  MailConfig,
  PostgresConfig,
  RestConfig,
  ServerConfig,
  SplitConfig,
  StorageConfig,
  TelemetryConfig,
} from './schema.ts';
