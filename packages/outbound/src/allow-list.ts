import { BlockList, isIP, isIPv4 } from 'node:net';

/** What an operator allows besides the public internet. */
export interface AllowList {
  /** Whether whatever address this name resolves to may be asked. */
  hasHost(host: string, port: number): boolean;
  hasAddress(address: string, port: number): boolean;
}

/** `10.0.0.0/8`, `::1`, `127.0.0.1:9000`, `[::1]:9000`, `auth.internal`, `auth.internal:8443`, or `loopback`. */
const ENTRY = /^(?:\[([0-9a-f:.]+)\]|([^[\]/]+?))(?:\/(\d{1,3}))?(?::(\d{1,5}))?$/i;
const BARE_IPV6 = /^([0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*)(?:\/(\d{1,3}))?$/i;

const LOOPBACK = ['127.0.0.0/8', '::1', 'localhost'];

interface Entry {
  readonly host: string;
  readonly prefix: number | null;
  /** null = every port. */
  readonly port: number | null;
}

/** @throws {RangeError} When an entry is neither a host, an address nor a range. */
export function createAllowList(texts: readonly string[]): AllowList {
  const entries = texts.flatMap((text) => (text === 'loopback' ? LOOPBACK : [text])).map(readEntry);
  const names = entries.filter(({ host }) => isIP(host) === 0);
  const ranges = entries
    .filter(({ host }) => isIP(host) !== 0)
    .map(({ port, ...range }) => ({ port, ...toRange(range) }));
  return {
    hasHost: (host, port) => names.some((name) => name.host === host.toLowerCase() && (name.port ?? port) === port),
    hasAddress(address, port) {
      const family = isIPv4(address) ? 'ipv4' : 'ipv6';
      return (
        isIP(address) !== 0 &&
        ranges.some(
          (range) => range.family === family && (range.port ?? port) === port && range.list.check(address, family),
        )
      );
    },
  };
}

function readEntry(text: string): Entry {
  const bare = BARE_IPV6.exec(text);
  const [, bracketed, plain, prefix, port] =
    bare === null ? (ENTRY.exec(text) ?? []) : [text, bare[1], undefined, bare[2]];
  const host = bracketed ?? plain;
  const entry = { host: host?.toLowerCase() ?? '', prefix: toNumber(prefix), port: toNumber(port) };
  const family = isIP(entry.host);
  const longest = family === 4 ? 32 : 128;
  const isName = family === 0 && entry.prefix === null && /^[a-z0-9_](?:[a-z0-9_.-]{0,252})$/.test(entry.host);
  if ((family === 0 && !isName) || (entry.prefix ?? 0) > longest || (entry.port ?? 1) > 65_535 || entry.port === 0) {
    throw new RangeError(`"${text}" is no host, address or range that could be allowed`);
  }
  return entry;
}

function toNumber(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

function toRange({ host, prefix }: Omit<Entry, 'port'>): {
  readonly family: 'ipv4' | 'ipv6';
  readonly list: BlockList;
} {
  const family = isIPv4(host) ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(host, prefix ?? (family === 'ipv4' ? 32 : 128), family);
  return { family, list };
}
