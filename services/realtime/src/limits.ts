import type { Rate } from '@ashlar/kernel';
import type { BufferBounds } from './table-changes/change-buffer.ts';

/** Bounds of the service. Bytes unless the name says otherwise. */
export interface RealtimeLimits {
  /** Open connections of one project. */
  readonly connections: number;
  /** Channels of one connection. */
  readonly channels: number;
  /** Payload of a broadcast. */
  readonly payloadBytes: number;
  /** Payload of a presence. */
  readonly presenceBytes: number;
  /** Frames of one connection; one that sends more is cut off. */
  readonly frames: Rate;
  /** Broadcasts of a whole project, whoever sends them. */
  readonly messages: Rate;
  /** Connections and joins of a whole project. */
  readonly joins: Rate;
  /** Presence calls of one channel of one client. */
  readonly presenceCalls: Rate;
  /** What may wait for a client that does not read; beyond it the client is cut off. */
  readonly unreadBytes: number;
  /** A client that takes nothing of what waits for it for this long is cut off. */
  readonly unreadMs: number;
  /** A connection without any frame for this long is closed. Clients send a heartbeat every 25 s. */
  readonly idleMs: number;
  /** How long a decision about a private channel counts before it is asked again. */
  readonly grantMs: number;
  /** Messages of one member that wait for such a decision. */
  readonly heldMessages: number;
  /** The latest changes of tables kept for those who are behind; who falls out of them is told of a gap. */
  readonly keptChanges: BufferBounds;
  /** How long they are kept on, and the log is read, after a project's last channel has ended. */
  readonly lingerMs: number;
}

export const DEFAULT_REALTIME_LIMITS: RealtimeLimits = {
  connections: 8_000,
  channels: 100,
  payloadBytes: 3_000_000,
  presenceBytes: 16 * 1024,
  frames: { perSecond: 200, burst: 1000 },
  messages: { perSecond: 5_000, burst: 20_000 },
  joins: { perSecond: 1_000, burst: 10_000 },
  presenceCalls: { perSecond: 1 / 6, burst: 5 },
  unreadBytes: 8 * 1024 * 1024,
  unreadMs: 30_000,
  idleMs: 75_000,
  grantMs: 700,
  heldMessages: 500,
  keptChanges: { changes: 20_000, size: 16 * 1024 * 1024 },
  lingerMs: 30_000,
};

/** A frame is a broadcast and the names around it. */
export function frameBytes({ payloadBytes }: RealtimeLimits): number {
  return payloadBytes + 16 * 1024;
}
