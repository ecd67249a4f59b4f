import { hash, randomBytes } from 'node:crypto';
import type { Bus, BusSubscription } from '@ashlar/bus';
import type { Usage } from '../socket/quotas.ts';
import type { UserBroadcast } from '../wire/frame.ts';
import { encodePeerMessage, type PeerMessage, PeerMessageReader } from './peer-message.ts';

/** A room as the same room in other processes sees it. */
export interface PeerRoom {
  hear(message: UserBroadcast): void;
  /** A member of another process shows itself. @param who Names it among all processes. */
  present(who: string, key: string, payload: unknown): void;
  absent(who: string): void;
  /** Those of other processes that are present. */
  readonly strangers: readonly string[];
  /** Those of this process. */
  readonly residents: readonly Resident[];
}

export interface Resident {
  readonly member: string;
  readonly key: string;
  readonly payload: unknown;
}

/** What a room tells the same room in other processes. */
export interface RoomLink {
  broadcast(message: UserBroadcast): void;
  track(resident: Resident): void;
  untrack(member: string): void;
  /** Nobody of this process is there any more. */
  close(): void;
}

/** What projects use of this process, and of the others. */
export interface SharedUsage {
  tellUsage(): ReadonlyMap<string, Usage>;
  hearUsage(peer: string, usage: ReadonlyMap<string, Usage>): void;
  /** The process is gone. */
  forget(peer: string): void;
}

export interface PeersOptions {
  readonly bus: Bus;
  /** Told with every sign of life. */
  readonly usage: SharedUsage;
  /** Milliseconds between two signs of life. */
  readonly beatMs?: number;
}

const BEAT_MS = 1_500;
/** A process that was not heard of for so many beats of ours is taken for dead. */
const MAX_SILENT_BEATS = 4;
/** Beats after which it is told anew who is present: messages may be lost. */
const ROLL_EVERY_BEATS = 20;
const LIFE = 'realtime.life';

interface Open {
  readonly subject: string;
  readonly room: PeerRoom;
  readonly reader: PeerMessageReader;
  subscription: BusSubscription | null;
}

/** Ties the rooms of this process to those of the other processes of the instance. */
export class Peers {
  readonly #me = randomBytes(9).toString('base64url');
  readonly #bus: Bus;
  readonly #usage: SharedUsage;
  readonly #open = new Set<Open>();
  /** The other processes, by how many beats of ours ago they were heard. */
  readonly #silence = new Map<string, number>();
  readonly #life: BusSubscription;
  readonly #lifeReader = new PeerMessageReader();
  readonly #beating: NodeJS.Timeout;
  #beats = 0;

  constructor({ bus, usage, beatMs = BEAT_MS }: PeersOptions) {
    this.#bus = bus;
    this.#usage = usage;
    this.#life = bus.subscribe(LIFE, (bytes) => this.#hearLife(bytes));
    // Counted, not timed: while this process stands still, nobody else's messages are read.
    this.#beating = setInterval(() => this.#beat(), beatMs).unref();
  }

  /** @param key Names the room in all processes. */
  open(key: string, room: PeerRoom): RoomLink {
    const open: Open = { subject: subjectOf(key), room, reader: new PeerMessageReader(), subscription: null };
    this.#open.add(open);
    const subscription = this.#bus.subscribe(open.subject, (bytes) => this.#hear(open, bytes));
    open.subscription = subscription;
    void subscription.ready.then(() => this.#open.has(open) && this.#say(open.subject, { kind: 'who' }));
    return {
      broadcast: (message) => this.#say(open.subject, { kind: 'broadcast', ...message }),
      track: (resident) => this.#say(open.subject, { kind: 'track', ...resident }),
      untrack: (member) => this.#say(open.subject, { kind: 'untrack', member }),
      close: () => this.#close(open),
    };
  }

  /** To a room that may have nobody of this process in it. */
  broadcast(key: string, message: UserBroadcast): void {
    this.#say(subjectOf(key), { kind: 'broadcast', ...message });
  }

  close(): void {
    clearInterval(this.#beating);
    this.#life.stop();
    for (const open of this.#open) this.#close(open);
    this.#say(LIFE, { kind: 'gone' });
  }

  #close(open: Open): void {
    this.#open.delete(open);
    open.subscription?.stop();
  }

  #say(subject: string, message: PeerMessage): void {
    for (const part of encodePeerMessage(this.#me, message)) this.#bus.publish(subject, part);
  }

  #hear(open: Open, bytes: Uint8Array): void {
    const heard = open.reader.read(bytes);
    if (heard === null || heard.from === this.#me || !this.#open.has(open)) return;
    const { from, message } = heard;
    this.#noteAlive(from);
    switch (message.kind) {
      case 'broadcast':
        open.room.hear(message);
        return;
      case 'track':
        open.room.present(nameOf(from, message.member), message.key, message.payload);
        return;
      case 'untrack':
        open.room.absent(nameOf(from, message.member));
        return;
      case 'roll':
        keep(open.room, from, new Set(message.members.map((member) => nameOf(from, member))));
        return;
      case 'who':
        this.#callRoll(open);
    }
  }

  #hearLife(bytes: Uint8Array): void {
    const heard = this.#lifeReader.read(bytes);
    if (heard === null || heard.from === this.#me) return;
    const { from, message } = heard;
    if (message.kind === 'gone') this.#lose(from);
    else this.#noteAlive(from);
    if (message.kind === 'beat') this.#usage.hearUsage(from, new Map(message.usage));
  }

  #noteAlive(from: string): void {
    const isKnown = this.#silence.has(from);
    this.#silence.set(from, 0);
    if (isKnown) return;
    // What it said before, if it was taken for dead, was not heard.
    for (const { subject } of this.#open) this.#say(subject, { kind: 'who' });
  }

  #beat(): void {
    this.#beats += 1;
    for (const [peer, silence] of this.#silence) {
      if (silence >= MAX_SILENT_BEATS) this.#lose(peer);
      else this.#silence.set(peer, silence + 1);
    }
    this.#say(LIFE, { kind: 'beat', usage: [...this.#usage.tellUsage()] });
    if (this.#beats % ROLL_EVERY_BEATS !== 0) return;
    for (const open of this.#open) if (open.room.residents.length > 0) this.#callRoll(open);
  }

  #callRoll({ subject, room: { residents } }: Open): void {
    for (const resident of residents) this.#say(subject, { kind: 'track', ...resident });
    this.#say(subject, { kind: 'roll', members: residents.map(({ member }) => member) });
  }

  #lose(peer: string): void {
    this.#silence.delete(peer);
    this.#usage.forget(peer);
    this.#lifeReader.forget(peer);
    for (const { room, reader } of this.#open) {
      reader.forget(peer);
      keep(room, peer, new Set());
    }
  }
}

function keep(room: PeerRoom, peer: string, present: ReadonlySet<string>): void {
  for (const who of room.strangers) if (who.startsWith(nameOf(peer, '')) && !present.has(who)) room.absent(who);
}

function nameOf(peer: string, member: string): string {
  return `${peer} ${member}`;
}

/** Names of rooms are the clients' own; what they may not be, a subject's word is. */
function subjectOf(key: string): string {
  return `realtime.room.${hash('sha256', key, 'base64url')}`;
}
