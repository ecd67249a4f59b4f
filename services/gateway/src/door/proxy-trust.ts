import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** What a trusted proxy says of the request it passes on; empty for everybody else. */
export interface Forwarded {
  readonly proto?: 'http' | 'https';
  readonly host?: string;
  readonly port?: string;
  readonly prefix?: string;
}

const HOST = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
const PREFIX = /^(?:\/[A-Za-z0-9._~-]+)+\/?$/;
const PORT = /^\d{1,5}$/;

/** Decides whose `X-Forwarded-*` headers are believed. */
export class ProxyTrust {
  readonly #trusted = new BlockList();
  readonly #any: boolean;

  /**
   * @param proxies Addresses (`10.0.0.7`) or ranges (`10.0.0.0/8`, `fd00::/8`).
   * @throws {RangeError} When one is neither.
   */
  constructor(proxies: readonly string[]) {
    this.#any = proxies.length > 0;
    for (const proxy of proxies) this.#add(proxy);
  }

  /** The nearest address no trusted proxy vouches beyond: the client, as far as we can know. */
  clientAddress(raw: IncomingMessage): string {
    let address = raw.socket.remoteAddress ?? '';
    const chain = this.#any ? headerText(raw, 'x-forwarded-for') : undefined;
    if (chain === undefined) return address;
    const hops = chain.split(',');
    for (let hop = hops.length - 1; hop >= 0 && this.#trusts(address); hop -= 1) {
      const next = hops[hop]?.trim() ?? '';
      if (isIP(next) === 0) break;
      address = next;
    }
    return address;
  }

  forwarded(raw: IncomingMessage): Forwarded {
    if (!this.#any || !this.#trusts(raw.socket.remoteAddress ?? '')) return {};
    const proto = nearest(raw, 'x-forwarded-proto');
    const host = nearest(raw, 'x-forwarded-host');
    const port = nearest(raw, 'x-forwarded-port');
    const prefix = nearest(raw, 'x-forwarded-prefix');
    return {
      ...(proto === 'http' || proto === 'https' ? { proto } : {}),
      ...(host !== undefined && HOST.test(host) ? { host } : {}),
      ...(port !== undefined && PORT.test(port) ? { port } : {}),
      ...(prefix !== undefined && PREFIX.test(prefix) ? { prefix: prefix.replace(/\/$/, '') } : {}),
    };
  }

  #trusts(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }

  #add(proxy: string): void {
    const [address = '', bits] = proxy.split('/', 2);
    const version = isIP(address);
    const width = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? width : Number(bits);
    if (version === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > width) {
      throw new RangeError(`"${proxy}" is no address or range of a trusted proxy, such as 10.0.0.7 or 10.0.0.0/8`);
    }
    this.#trusted.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** True for a host a client may name in a public URL: a name or an address, with an optional port. */
export function isHost(text: string): boolean {
  return HOST.test(text);
}

/** Proxies append; the last entry is the one the trusted neighbour wrote. */
function nearest(raw: IncomingMessage, name: string): string | undefined {
  return headerText(raw, name)?.split(',').at(-1)?.trim();
}

function headerText(raw: IncomingMessage, name: string): string | undefined {
  const value = raw.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
