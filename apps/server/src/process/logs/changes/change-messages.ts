import type { TablePattern } from '@ashlar/service';

/** What a process wants of the one that reads a project's log, said once a second. */
export interface Want {
  /** The process; no two are of one name. */
  readonly follower: string;
  /** It wants no more. */
  readonly isLeaving: boolean;
  /** Grows with every change of what it wants. */
  readonly version: number;
  readonly tables: readonly TablePattern[];
  /** Where it has heard everything up to, of the feed it follows; null where it follows none. */
  readonly heard: string | null;
  /** The feed it follows, and the frame it waits for. */
  readonly feed: string | null;
  readonly next: number;
  /** Frames from `next` on were lost on their way. */
  readonly isMissing: boolean;
}

/** The answer to a want. A feed is what one process tells while it reads; its frames are counted from 0. */
export interface Answer {
  readonly kind: 'answer';
  readonly follower: string;
  readonly version: number;
  readonly feed: string;
  /** The process that reads. */
  readonly reader: string;
  /** It reads for deliveries; one that reads for its own listeners alone would rather be told. */
  readonly isLasting: boolean;
  /** The history of the database server that its positions are of. */
  readonly history: string;
  /** Of the tables wanted, everything committed after it is in the feed; null when nobody can say. */
  readonly since: string | null;
  /** The next frame. */
  readonly next: number;
  /** The first frame that can be had again, and the position after which nothing is missing from there on. */
  readonly oldest: number;
  readonly oldestSince: string;
  /** All that ended before it is in frames before `next`. */
  readonly upTo: string;
}

/** Its process reads no more. */
export interface End {
  readonly kind: 'end';
  readonly feed: string;
}

/** That the feed goes on though nothing happens. */
export interface Beat {
  readonly kind: 'beat';
  readonly feed: string;
  readonly next: number;
  readonly upTo: string;
}

/** A part of a frame, of which the body is a piece of a batch. */
export interface FramePart {
  readonly kind: 'frame';
  readonly feed: string;
  readonly seq: number;
  readonly part: number;
  readonly parts: number;
}

export type FeedMessage = Answer | Beat | End | FramePart;

const NEWLINE = 10;
const EMPTY = new Uint8Array();

export function encodeMessage(head: FeedMessage | Want, body: Uint8Array = EMPTY): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

/** Written by a process of the instance, as the bus vouches for. @throws {SyntaxError} For anything else. */
export function decodeMessage<Head extends FeedMessage | Want>(bytes: Uint8Array): { head: Head; body: Buffer } {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = whole.indexOf(NEWLINE);
  return { head: JSON.parse(whole.toString('utf8', 0, end)) as Head, body: whole.subarray(end + 1) };
}

export function wantsSubject(ref: string): string {
  return `log.${ref}.wants`;
}

export function changesSubject(ref: string): string {
  return `log.${ref}.changes`;
}
