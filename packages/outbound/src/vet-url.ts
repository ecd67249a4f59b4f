import { isIP } from 'node:net';
import type { AllowList } from './allow-list.ts';
import { outboundErrors } from './outbound-errors.ts';
import { isPublicAddress } from './public-address.ts';

const MAX_URL_LENGTH = 4096;
/** Below it speak mail, name and file servers, which a request can be made to write to. */
const FIRST_FREE_PORT = 1024;
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443]);

export interface VettedUrl {
  readonly url: URL;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  /** An operator named it: its addresses may be private, and it may be asked without TLS. */
  readonly allowed: boolean;
}

export interface UrlRules {
  readonly allow: AllowList;
  /** Whether a public host may be asked without TLS. */
  readonly plainHttp: boolean;
}

/**
 * Judges an address by its text alone; names are judged again by what they resolve to.
 *
 * @throws {AshlarError} `outbound.url_invalid`, `outbound.address_refused`.
 */
export function vetUrl(text: string, { allow, plainHttp }: UrlRules): VettedUrl {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (text.length > MAX_URL_LENGTH || /[\u0000-\u0020\u007F\\]/.test(text))
    throw invalid('it is too long or not plain text');
  const url = URL.parse(text);
  if (url === null) throw invalid('it is no URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid(`${url.protocol} is not spoken`);
  if (url.username !== '' || url.password !== '') throw invalid('it holds a user name');
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (host === '') throw invalid('it has no host');
  const isLiteral = isIP(host) !== 0;
  // The parser reads 0x7f.1, 0177.1 and 2130706433 as addresses; whoever writes them so has something to hide.
  if (isLiteral && !authorityOf(text).startsWith(url.hostname)) throw invalid('its host is written in a strange form');
  const allowed = isLiteral ? allow.hasAddress(host, port) : allow.hasHost(host, port);
  if (isLiteral && !allowed && !isPublicAddress(host)) throw outboundErrors.addressRefused({ host });
  if (!allowed && !plainHttp && url.protocol === 'http:') throw invalid('it does not use https');
  if (!allowed && port < FIRST_FREE_PORT && !WEB_PORTS.has(port)) throw invalid(`port ${port} is not one of the web`);
  return { url, host, port, allowed };
}

function authorityOf(text: string): string {
  return (text.split('://', 2)[1] ?? '').toLowerCase();
}

function invalid(reason: string): Error {
  return outboundErrors.urlInvalid({ reason });
}
