import { readFileSync } from 'node:fs';
import type { Config, GatewayConfig } from '@ashlar/config';
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits, type GatewayOptions } from '@ashlar/gateway';
import type { TlsIdentity } from '@ashlar/service';
import { cliErrors } from '../cli/cli-errors.ts';

/** The part of the gateway's options that the configuration settles. */
export function gatewayOptions({
  server,
  gateway,
}: Config): Pick<GatewayOptions, 'limits' | 'trustedProxies' | 'tls' | 'dev' | 'publicUrl' | 'baseHost'> {
  const tls = readTls(gateway);
  return {
    limits: gatewayLimits(gateway),
    trustedProxies: gateway.trustedProxies,
    dev: server.dev,
    ...(tls === null ? {} : { tls }),
    ...(gateway.publicUrl === null ? {} : { publicUrl: gateway.publicUrl }),
    ...(gateway.baseHost === null ? {} : { baseHost: gateway.baseHost }),
  };
}

/** How many times its rate a client may have at once after a rest. */
const BURST = 10;

function gatewayLimits(gateway: GatewayConfig): GatewayLimits {
  return {
    ...DEFAULT_GATEWAY_LIMITS,
    requests: gateway.maxConcurrentRequests,
    ...perAddress(gateway.rateLimitPerAddress),
    perUser: rate(gateway.rateLimitPerUser),
  };
}

/** A rate somebody asked for holds for everyone; the one nobody asked for leaves this machine alone. */
function perAddress(perSecond: number | null): Partial<GatewayLimits> {
  return perSecond === null ? {} : { perAddress: rate(perSecond), exemptLoopback: false };
}

function rate(perSecond: number): GatewayLimits['perUser'] {
  return perSecond === 0 ? null : { perSecond, burst: perSecond * BURST };
}

function readTls({ tlsCert, tlsKey }: GatewayConfig): TlsIdentity | null {
  // The configuration refuses one without the other.
  if (tlsCert === null || tlsKey === null) return null;
  return { cert: readPem(tlsCert), key: readPem(tlsKey) };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw cliErrors.fileUnreadable(
      { file, reason: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
}
