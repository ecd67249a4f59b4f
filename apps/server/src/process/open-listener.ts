import type { Config } from '@ashlar/config';
import { must } from '@ashlar/kernel';
import type { Observe } from '@ashlar/telemetry';
import { cliErrors } from '../cli/cli-errors.ts';
import type { ServiceModule } from '../composition.ts';
import type { Instance } from '../instance/open-instance.ts';
import { listenAt } from './listen-address.ts';

/** The HTTP side of a process: a gateway with services behind it, or one service for a gateway elsewhere. */
export interface Listener {
  readonly url: string;
  /** Ends the listener, then the services behind it. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly config: Config;
  readonly instance: Instance;
  readonly observe: Observe;
  /** Names of what runs in this process. */
  readonly services: readonly string[];
}

/**
 * @throws {AshlarError} `cli.upstream_missing` when the gateway neither runs nor finds a service; `cli.port_taken`,
 *   `cli.address_unusable`, `cli.file_unreadable`.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { config, instance, observe, services } = options;
  const { GATEWAY, serviceModules } = await import('../composition.ts');
  const identitySecret = config.split.identitySecret ?? instance.secrets.identitySecret;
  const { projects } = instance;
  const running = serviceModules
    .filter(({ contract }) => services.includes(contract.name))
    .map((module) => module.create({ observe, snapshots: projects.snapshots }));

  const door = services.includes(GATEWAY) ? await openGateway() : await openService();
  const url = await listenAt(config.server, door.listen);
  return {
    url,
    async close() {
      await door.close();
      await Promise.all(running.map((service) => service.close()));
    },
  };

  async function openGateway() {
    const [{ createGateway }, { gatewayOptions }] = await Promise.all([
      import('@ashlar/gateway'),
      import('./gateway-options.ts'),
    ]);
    const mounts = serviceModules.map((module) => {
      const { contract } = module;
      const service = running.find((candidate) => candidate.contract.name === contract.name);
      return service === undefined ? { contract, upstream: requireUpstream(module, config) } : { contract, service };
    });
    return createGateway({ ...gatewayOptions(config), mounts, projects, observe, identitySecret });
  }

  async function openService() {
    const { createServiceApp } = await import('@ashlar/service');
    return createServiceApp({ service: must(running[0], 'a service to run'), projects, identitySecret, observe });
  }
}

function requireUpstream({ contract, upstream }: ServiceModule, config: Config): string {
  const url = upstream(config);
  if (url === null) {
    throw cliErrors.upstreamMissing({ service: contract.name, option: `upstream-${contract.name}` });
  }
  return url;
}
