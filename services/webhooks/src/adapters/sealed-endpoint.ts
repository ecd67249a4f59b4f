import { derivedKey, openText, sealText } from '@ashlar/secrets';
import type { Receiver } from '../application/claimed.ts';

/** A secret as the database keeps it. */
export interface SealedSecret {
  readonly sealed: string;
  /** null: until it is replaced. */
  readonly expires_at: string | null;
}

export interface SealedEndpoint extends Record<string, unknown> {
  readonly id: string;
  readonly version: string;
  readonly url: string;
  readonly headers: string | null;
  readonly secrets: readonly SealedSecret[];
}

/** The key secrets and headers of a project's endpoints are sealed with; a read of the database alone opens none. */
export function endpointKey(jwtSecret: string): Buffer {
  return derivedKey(jwtSecret, 'secrets of webhook endpoints v1');
}

/** Sealed for one endpoint: its row's secret is worth nothing in another row. */
export function sealForEndpoint(key: Buffer, endpointId: string, text: string): string {
  return sealText(key, text, endpointId);
}

export function openForEndpoint(key: Buffer, endpointId: string, sealed: string): string {
  return openText(key, sealed, endpointId);
}

/** What was sealed with another key makes a receiver nobody delivers to, and disturbs no other. */
export function openEndpoint(key: Buffer, endpoint: SealedEndpoint): Receiver {
  const { id, url, headers, secrets } = endpoint;
  const version = BigInt(endpoint.version);
  try {
    return {
      id,
      version,
      url,
      // Written as an object of texts.
      headers: headers === null ? {} : JSON.parse(openForEndpoint(key, id, headers)),
      secrets: secrets.map(({ sealed, expires_at }) => ({
        secret: openForEndpoint(key, id, sealed),
        expiresAt: expires_at === null ? null : new Date(expires_at),
      })),
      isBroken: false,
    };
  } catch {
    return { id, version, url, headers: {}, secrets: [], isBroken: true };
  }
}
