import { randomUUID } from 'node:crypto';
import type { Caller } from '@ashlar/service';
import { RateLimiter } from '@ashlar/kernel';
import type { Admitted } from '../access/admit-token.ts';
import type { Grants } from '../access/authorizer.ts';
import type { RealtimeLimits } from '../limits.ts';
import { type ClientFrame, isObject, type Payload, type Serializer, type ServerFrame } from '../wire/frame.ts';
import type { JoinRequest } from '../wire/join-request.ts';
import type { ChangeListener } from '../table-changes/subscriber.ts';
import type { Encoded, Outgoing } from './outgoing.ts';
import type { Member, Room } from './room.ts';
import { TOPIC_PREFIX } from './rooms.ts';

/** The connection as one of its channels sees it. */
export interface Outlet {
  readonly serializer: Serializer;
  send(encoded: Encoded): void;
  say(frame: ServerFrame): void;
  /** Counts a broadcast; false when the project has sent too many. */
  mayBroadcast(): boolean;
  /** The channel is over. */
  forget(channel: Channel): void;
}

export interface ChannelOptions {
  readonly outlet: Outlet;
  readonly topic: string;
  readonly joinRef: string | null;
  readonly request: JoinRequest;
  readonly admitted: Admitted;
  /** Null on public channels, where everybody may do everything. */
  readonly grants: Grants | null;
  readonly room: Room;
  readonly limits: RealtimeLimits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const RATE_KEY = '';

/** One client on one topic, from its join to its end. */
export class Channel implements Member, ChangeListener {
  readonly topic: string;
  readonly joinRef: string | null;
  readonly #options: ChannelOptions;
  readonly #presenceKey: string;
  readonly #presenceRate: RateLimiter;
  #admitted: Admitted;
  #grants: Grants | null;
  #grantedAt: number;
  #hearsPresence: boolean;
  #isOver = false;
  /** What came in or is to go out while the rights of a private channel are asked for, in order. */
  #held: (() => void)[] = [];
  #heldBytes = 0;
  readonly #endings: (() => void)[] = [];

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.topic = options.topic;
    this.joinRef = options.joinRef;
    this.#admitted = options.admitted;
    this.#grants = options.grants;
    this.#grantedAt = options.now();
    this.#hearsPresence = options.request.presence.enabled;
    this.#presenceKey = options.request.presence.key || randomUUID();
    this.#presenceRate = new RateLimiter(options.limits.presenceCalls);
    options.room.enter(this);
  }

  get caller(): Caller {
    return this.#admitted.caller;
  }

  get token(): string {
    return this.#admitted.token;
  }

  get hearsPresence(): boolean {
    return this.#hearsPresence;
  }

  get name(): string {
    return this.topic.slice(TOPIC_PREFIX.length);
  }

  get serializer(): Serializer {
    return this.#options.outlet.serializer;
  }

  /** Runs once when the channel is over, at once if it is. */
  whenOver(run: () => void): void {
    if (this.#isOver) run();
    else this.#endings.push(run);
  }

  /** A change of a table, which the policies of that table allow, whatever those of the channel are. */
  deliver(encoded: Encoded): void {
    if (!this.#isOver) this.#options.outlet.send(encoded);
  }

  /** Tells who is there, when the client wants to know and may. */
  sendPresenceState(): void {
    if (!this.#hearsPresence || this.#grants?.read.presence === false) return;
    this.#say('presence_state', this.#options.room.presenceState());
  }

  /** A frame of the client but joining, leaving and its token, which are the connection's. */
  handle(frame: ClientFrame): void {
    switch (frame.event) {
      case 'broadcast':
        this.#handleBroadcast(frame);
        return;
      case 'presence':
        this.#handlePresence(frame);
        return;
      default:
        this.reply(frame.ref, 'error', { reason: `Unknown event ${JSON.stringify(frame.event.slice(0, 64))}` });
    }
  }

  /** Another token of the same client: a private channel asks again what it may. */
  become(admitted: Admitted): void {
    this.#admitted = admitted;
    if (this.#grants === null) return;
    this.#grantedAt = Number.NEGATIVE_INFINITY;
    this.#options.room.doubt(this);
  }

  receive(outgoing: Outgoing): void {
    const encoded = outgoing.for(this.#options.outlet.serializer);
    if (encoded === null) return;
    this.#whenSure(encoded.data.length, () => {
      if (this.#grants?.read[outgoing.extension] === false) return;
      this.#options.outlet.send(encoded);
    });
  }

  renew(grants: Grants): void {
    this.#grants = grants;
    this.#grantedAt = this.#options.now();
    if (!grants.read.broadcast && !grants.read.presence) {
      this.end(`You do not have permissions to read from this Channel topic: ${this.name}`);
      return;
    }
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const action of held) if (!this.#isOver) action();
  }

  giveUp(): void {
    this.end('The database is away: what you may do on this channel cannot be decided');
  }

  reply(ref: string | null, status: 'ok' | 'error', response: object): void {
    this.#say('phx_reply', JSON.stringify({ status, response }), ref);
  }

  system(extension: string, status: 'ok' | 'error', message: string): void {
    if (this.#isOver) return;
    this.#say('system', JSON.stringify({ extension, status, message, channel: this.name }));
  }

  /** Ends the channel against its client's will. */
  end(message: string): void {
    if (this.#isOver) return;
    this.system('system', 'error', message);
    this.close();
  }

  /** Ends the channel; the client is told so. */
  close(): void {
    if (this.#isOver) return;
    this.leave();
    this.#say('phx_close', '{}', this.joinRef);
  }

  /** Ends the channel without a word: its connection is gone. */
  leave(): void {
    this.#isOver = true;
    for (const run of this.#endings.splice(0)) run();
    this.#held = [];
    this.#options.room.leave(this);
    this.#options.outlet.forget(this);
  }

  #handleBroadcast(frame: ClientFrame): void {
    const message = frame.broadcast ?? readBroadcast(frame.payload);
    if (message === null) {
      this.reply(frame.ref, 'error', { reason: 'A broadcast is {type: "broadcast", event, payload}' });
      return;
    }
    const bytes = sizeOf(message.payload);
    const { limits, outlet, room, request } = this.#options;
    if (bytes > limits.payloadBytes) {
      this.reply(frame.ref, 'error', {
        reason: `The payload has ${bytes} bytes; at most ${limits.payloadBytes} are accepted`,
      });
      return;
    }
    if (!outlet.mayBroadcast()) {
      this.end('Too many messages per second');
      return;
    }
    this.#whenSure(bytes, () => {
      // Without the right nobody hears of it, the sender included.
      if (this.#grants?.write.broadcast === false) return;
      room.speak(message, request.broadcast.self ? null : this);
      if (request.broadcast.ack) this.reply(frame.ref, 'ok', {});
    });
  }

  #handlePresence({ ref, payload }: ClientFrame): void {
    const { limits, now } = this.#options;
    if (this.#presenceRate.take(RATE_KEY, now()) > 0) {
      this.end('Client presence rate limit exceeded');
      return;
    }
    const { event, payload: given } = isObject(payload) ? payload : {};
    const call = typeof event === 'string' ? event.toLowerCase() : '';
    if (call !== 'track' && call !== 'untrack') {
      this.reply(ref, 'error', { reason: 'A presence is {type: "presence", event: "track" or "untrack", payload}' });
      return;
    }
    if (call === 'track' && !isObject(given)) {
      this.reply(ref, 'error', { reason: 'The payload of a presence has to be an object' });
      return;
    }
    const bytes = call === 'track' ? Buffer.byteLength(JSON.stringify(given)) : 0;
    if (bytes > limits.presenceBytes) {
      this.reply(ref, 'error', {
        reason: `The payload has ${bytes} bytes; at most ${limits.presenceBytes} are accepted`,
      });
      return;
    }
    this.#whenSure(bytes, () => this.#present(ref, call, given));
  }

  #present(ref: string | null, call: 'track' | 'untrack', payload: unknown): void {
    if (this.#grants?.write.presence === false) {
      this.reply(ref, 'error', { reason: 'You do not have permissions to write to the presence of this Channel' });
      return;
    }
    const { room } = this.#options;
    this.reply(ref, 'ok', {});
    if (call === 'untrack') {
      room.untrack(this);
      return;
    }
    // Who shows itself wants to see the others.
    this.#hearsPresence = true;
    room.track(this, this.#presenceKey, payload);
  }

  /** Runs an action at once, or, on a private channel whose rights were asked for too long ago, once they hold. */
  #whenSure(bytes: number, action: () => void): void {
    if (this.#isOver) return;
    const { limits, now, room } = this.#options;
    const isSure = this.#grants === null || now() - this.#grantedAt <= limits.grantMs;
    if (isSure && this.#held.length === 0) {
      action();
      return;
    }
    this.#heldBytes += bytes;
    if (this.#held.length >= limits.heldMessages || this.#heldBytes > limits.unreadBytes) {
      this.end('Too many messages per second');
      return;
    }
    this.#held.push(action);
    room.doubt(this);
  }

  #say(event: string, payload: string, ref: string | null = null): void {
    this.#options.outlet.say({ joinRef: this.joinRef, ref, topic: this.topic, event, payload });
  }
}

function readBroadcast(value: unknown): { readonly event: string; readonly payload: Payload } | null {
  if (!isObject(value) || value['type'] !== 'broadcast') return null;
  const { event, payload = {} } = value;
  return typeof event === 'string' ? { event, payload: { kind: 'json', json: JSON.stringify(payload) } } : null;
}

/** Bytes of a payload, taken for letters where it is text: exact enough for a bound. */
function sizeOf(payload: Payload): number {
  return payload.kind === 'json' ? payload.json.length : payload.bytes.length;
}
