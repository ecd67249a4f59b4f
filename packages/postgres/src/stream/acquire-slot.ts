import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../session/wire/connection.ts';
import type { GapReason } from './log-consumer.ts';
import type { Lsn } from './lsn.ts';
import { createSlot, dropSlot, durableSlotName, findSlot } from './slot.ts';

/** How often a process that stands by looks whether the reader is gone. */
const STANDBY_MS = 500;

export interface AcquiredSlot {
  readonly name: string;
  /** The log goes on where it was acknowledged. */
  readonly isContinued: boolean;
  readonly confirmedLsn: Lsn;
}

export interface AcquireOptions {
  /** Awaited before a slot is made in the place of one that cannot be gone on with. */
  readonly onGap: (reason: GapReason) => Promise<void>;
  /** Told what the waiting is for. */
  readonly onState: (state: 'standby' | 'creating') => void;
  /** Why the slot there may be cannot be gone on with, if somebody knows. */
  readonly renew: GapReason | null;
  readonly signal: AbortSignal;
}

/** The database's one durable slot, once nobody else reads it; made if there is none or its log is gone. */
export async function acquireDurableSlot(connection: Connection, options: AcquireOptions): Promise<AcquiredSlot> {
  const name = await durableSlotName(connection);
  let { renew } = options;
  for (;;) {
    options.signal.throwIfAborted();
    const slot = await findSlot(connection, name);
    const reason: GapReason | null = slot === null ? 'no-slot' : slot.isLost ? 'slot-lost' : renew;
    if (slot !== null && slot.isActive) {
      options.onState('standby');
      await delay(STANDBY_MS, undefined, { signal: options.signal });
      continue;
    }
    if (slot !== null && slot.confirmedLsn !== null && reason === null) {
      return { name, isContinued: true, confirmedLsn: slot.confirmedLsn };
    }
    await options.onGap(reason ?? 'slot-unreadable');
    options.onState('creating');
    if (slot !== null && !(await dropSlot(connection, name))) continue;
    renew = null;
    if (!(await createSlot(connection, name, false))) continue;
    return { name, isContinued: false, confirmedLsn: 0n };
  }
}

/** A slot for this connection alone. */
export async function acquireTemporarySlot(connection: Connection): Promise<AcquiredSlot> {
  const name = `ashlar_temporary_${randomBytes(8).toString('hex')}`;
  await createSlot(connection, name, true);
  return { name, isContinued: false, confirmedLsn: 0n };
}
