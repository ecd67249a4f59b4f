import type { LoggedChange } from './logged-change.ts';

/** Which transactions can be seen. */
export interface DatabaseSnapshot {
  readonly xmax: bigint;
  readonly running: ReadonlySet<bigint>;
}

/** Reads `xmin:xmax:xip,xip`. */
export function parseSnapshot(text: string): DatabaseSnapshot {
  const [, xmax = '0', running = ''] = text.split(':');
  return { xmax: BigInt(xmax), running: new Set(running === '' ? [] : running.split(',').map(BigInt)) };
}

const HALF = 1n << 31n;
const WHOLE = 1n << 32n;

/** The log is read a moment before its transactions can be seen; true once these can. */
export function sees({ xmax, running }: DatabaseSnapshot, changes: readonly LoggedChange[]): boolean {
  return changes.every(({ commit: { xid } }) => {
    // The log counts transactions in 32 bits; the one meant is the nearest.
    let full = (xmax & ~(WHOLE - 1n)) | BigInt(xid);
    if (full > xmax + HALF) full -= WHOLE;
    else if (full + HALF < xmax) full += WHOLE;
    return full < xmax && !running.has(full);
  });
}
