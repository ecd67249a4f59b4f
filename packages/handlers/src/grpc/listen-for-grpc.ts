import type { GrpcListener, GrpcListenerOptions } from './grpc-listener.ts';

/** gRPC on a port of its own; its libraries load with it. */
export async function listenForGrpc(
  options: GrpcListenerOptions,
  address: { readonly host: string; readonly port: number },
): Promise<GrpcListener> {
  const { openGrpcListener } = await import('./grpc-listener.ts');
  return openGrpcListener(options, address);
}
