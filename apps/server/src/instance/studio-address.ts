import type { Config } from '@ashlar/config';

/** Where people open Studio, as far as the configuration says where clients reach the server. */
export function studioAddress({ gateway, server }: Config): string {
  const base = gateway.publicUrl ?? `${gateway.tlsCert === null ? 'http' : 'https'}://localhost:${server.port}`;
  return `${base.replace(/\/+$/, '')}/studio`;
}
