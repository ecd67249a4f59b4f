import { randomBytes } from 'node:crypto';

/** A job as `scheduler.add` reads it. */
export interface NewJob {
  readonly id: string;
  /** Empty: the platform's own. */
  readonly project: string;
  readonly queue: string;
  readonly task: string;
  readonly payload: unknown;
  readonly key?: string | undefined;
  readonly repeat: 'keep' | 'replace';
  readonly lane?: string | undefined;
  readonly priority?: number | undefined;
  readonly runAt?: string | undefined;
  readonly maxAttempts: number;
  readonly backoffMs: number;
  readonly timeoutMs: number;
  readonly deadline?: string | undefined;
  readonly authority?: string | undefined;
  readonly schedule?: string | undefined;
  readonly scheduledFor?: string | undefined;
}

export const DEFAULT_BACKOFF_MS = 2_000;
export const DEFAULT_TIMEOUT_MS = 600_000;

/** An UUID of version 7: ids made later sort later, so that new rows of the index lie together. */
export function newJobId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
