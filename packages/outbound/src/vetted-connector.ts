import { isIP } from 'node:net';
import { AshlarError } from '@ashlar/kernel';
import type { buildConnector } from 'undici';
import type { AllowList } from './allow-list.ts';
import { outboundErrors } from './outbound-errors.ts';
import { isPublicAddress } from './public-address.ts';
import type { ResolveHost } from './resolve-host.ts';

/** How names become addresses and which of those may be asked. */
export interface Vetting {
  readonly allow: AllowList;
  readonly resolvePublic: ResolveHost;
  readonly resolveAllowed: ResolveHost;
  readonly connectTimeoutMs: number;
  /** Ends waiting for names. */
  readonly closing: AbortSignal;
}

export interface VettedConnectorOptions extends Vetting {
  /** PEM of authorities trusted besides the system's. */
  readonly ca: readonly string[];
}

/** A name may have many addresses; that many are tried. */
const MAX_ATTEMPTS = 4;

/**
 * Resolves a name and connects to exactly the address that was judged: a name server that gives another answer the
 * second time is never asked a second time.
 */
export function createVettedConnector(
  options: VettedConnectorOptions,
  build: typeof buildConnector,
): buildConnector.connector {
  const { connectTimeoutMs, ca } = options;
  const connect = build({
    timeout: connectTimeoutMs,
    allowH2: false,
    // Said aloud, because an environment variable can turn the default around.
    rejectUnauthorized: true,
    ...(ca.length === 0 ? {} : { ca: [...ca] }),
  });
  return (target, callback) => {
    connectVetted(target, options, connect).then(
      // oxlint-disable-next-line promise/no-callback-in-promise -- the client's own interface takes a callback
      (socket) => callback(null, socket),
      // oxlint-disable-next-line promise/no-callback-in-promise -- as above
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

type Socket = Exclude<Parameters<buildConnector.Callback>[1], null>;

async function connectVetted(
  target: buildConnector.Options,
  options: VettedConnectorOptions,
  connect: buildConnector.connector,
): Promise<Socket> {
  const host = target.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const port = Number(target.port === '' ? (target.protocol === 'https:' ? 443 : 80) : target.port);
  const addresses = await vettedAddresses(host, port, options);
  let failure: unknown;
  for (const address of addresses.slice(0, MAX_ATTEMPTS)) {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    try {
      return await new Promise<Socket>((resolve, reject) => {
        connect({ ...target, hostname: address, ...servername }, (...[error, socket]) => {
          if (error === null) resolve(socket);
          else reject(error);
        });
      });
    } catch (error) {
      failure = error;
    }
  }
  throw outboundErrors.unreachable({ host }, { cause: failure });
}

/** All addresses of a host, if every one of them may be asked; a mixture is refused, because its order is chance. */
export async function vettedAddresses(host: string, port: number, options: Vetting): Promise<readonly string[]> {
  const { allow, resolvePublic, resolveAllowed } = options;
  if (isIP(host) !== 0) {
    if (!allow.hasAddress(host, port) && !isPublicAddress(host)) throw outboundErrors.addressRefused({ host });
    return [host];
  }
  const named = allow.hasHost(host, port);
  const addresses = await inTime((named ? resolveAllowed : resolvePublic)(host), host, options);
  if (addresses.length === 0) throw outboundErrors.nameUnknown({ host });
  const fit = named || addresses.every((address) => isPublicAddress(address) || allow.hasAddress(address, port));
  if (!fit) throw outboundErrors.addressRefused({ host });
  return addresses;
}

function inTime<Result>(work: Promise<Result>, host: string, { connectTimeoutMs, closing }: Vetting): Promise<Result> {
  const signal = AbortSignal.any([AbortSignal.timeout(connectTimeoutMs), closing]);
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(outboundErrors.nameUnknown({ host }, { cause: signal.reason })), {
      once: true,
    });
    work.then(resolve, reject);
  });
}

/** Errors of our own travel through the HTTP client unchanged, or as the cause of its own. */
export function ownErrorIn(error: unknown): AshlarError | null {
  if (error instanceof AshlarError) return error;
  return error instanceof Error && error.cause instanceof AshlarError ? error.cause : null;
}
