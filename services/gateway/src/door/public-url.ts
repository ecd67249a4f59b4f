import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { DEFAULT_PROJECT } from '@ashlar/service';
import type { Address } from './parse-address.ts';
import { type ProxyTrust, isHost } from './proxy-trust.ts';

export interface PublicNaming {
  /** Configured origin and prefix; without it the request's own Host is believed, as a local instance must. */
  readonly publicUrl: string | undefined;
  readonly baseHost: string | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** The project's base as its clients see it, no trailing slash: what links, issuers and locations begin with. */
export function publicUrlOf(
  raw: IncomingMessage,
  { ref, prefix }: Address,
  { publicUrl, baseHost }: PublicNaming,
  trust: ProxyTrust,
): string {
  const byHost = prefix === '' && ref !== DEFAULT_PROJECT;
  if (publicUrl !== undefined) {
    const base = publicUrl.replace(/\/+$/, '');
    if (!byHost || baseHost === undefined) return base + prefix;
    const { protocol, port } = new URL(base);
    return `${protocol}//${ref}.${baseHost}${port === '' ? '' : `:${port}`}`;
  }
  const forwarded = trust.forwarded(raw);
  const proto = forwarded.proto ?? (isTls(raw) ? 'https' : 'http');
  const host = withPort(forwarded.host ?? requestHost(raw), forwarded.port, proto);
  return `${proto}://${host}${forwarded.prefix ?? ''}${prefix}`;
}

function requestHost(raw: IncomingMessage): string {
  const { host } = raw.headers;
  if (host !== undefined && isHost(host)) return host;
  const { localAddress = 'localhost', localPort } = raw.socket;
  const name = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return localPort === undefined ? name : `${name}:${localPort}`;
}

function withPort(host: string, port: string | undefined, proto: string): string {
  if (port === undefined || port === DEFAULT_PORTS[proto] || /:\d+$/.test(host)) return host;
  return `${host}:${port}`;
}

function isTls(raw: IncomingMessage): boolean {
  // Safe: `encrypted` is what tells a TLS socket from a plain one, whose type does not have it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (raw.socket as Partial<TLSSocket>).encrypted === true;
}
