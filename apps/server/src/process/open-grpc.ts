import type { Config } from '@ashlar/config';
import type { Gateway } from '@ashlar/gateway';
import type { GrpcListener } from '@ashlar/handlers';
import { suites } from '../suites.ts';
import { gatewayOptions } from './gateway-options.ts';
import { listenAt } from './listen-address.ts';

/**
 * gRPC beside the door, when it was given a port.
 *
 * @throws {AshlarError} `cli.port_taken`, `cli.address_unusable`.
 */
export async function openGrpc(config: Config, { app: door }: Gateway): Promise<GrpcListener | null> {
  const { grpcPort } = config.gateway;
  if (grpcPort === null) return null;
  const { listenForGrpc } = await import('@ashlar/handlers');
  const { tls } = gatewayOptions(config);
  return listenAt({ host: config.server.host, port: grpcPort }, (address) =>
    listenForGrpc({ suites, door, tls }, address),
  );
}
