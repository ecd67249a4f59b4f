import type { Duplex } from 'node:stream';
import type { Project } from '@ashlar/service';
import type { RawData, WebSocket } from 'ws';
import { type Admitted, admitToken, type TokenFault } from '../access/admit-token.ts';
import type { Channel, Outlet } from '../channel/channel.ts';
import type { Encoded } from '../channel/outgoing.ts';
import type { ClientFrame, Serializer, ServerFrame } from '../wire/frame.ts';
import { readToken } from '../wire/join-request.ts';
import { join, type Joined } from './join.ts';
import type { RealtimeParts } from './parts.ts';
import { RateLimiter } from '@ashlar/kernel';

export interface ConnectionOptions {
  readonly socket: WebSocket;
  /** What the websocket runs on. */
  readonly stream: Duplex;
  readonly serializer: Serializer;
  /** As it was when the connection was opened. */
  readonly project: Project;
  /** What the connection was opened with; channels without a token of their own have this one. */
  readonly key: string;
  readonly parts: RealtimeParts;
  readonly onClose: () => void;
}

/** A join that waits for the database; frames of its topic wait with it. */
interface Joining {
  readonly frames: ClientFrame[];
}

/** Close codes of RFC 6455 §7.4.1. */
const CLOSE = { goingAway: 1001, malformed: 1007, policy: 1008 } as const;
const MAX_WAITING_FRAMES = 100;
const MAX_GATHERED_BYTES: number = 16 * 1024;
const CONTROL_TOPIC = 'phoenix';
const RATE_KEY = '';

/** One websocket: its frames, its channels, and what bounds them. */
export class Connection implements Outlet {
  readonly serializer: Serializer;
  readonly key: string;
  readonly #options: ConnectionOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #joining = new Map<string, Joining>();
  readonly #frameRate: RateLimiter;
  #heardAt: number;
  /** Since when bytes wait for the client without any of them being taken; null when none wait. */
  #stuckSince: number | null = null;
  #unread = 0;
  #isOpen = true;
  #isGathering = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.serializer = options.serializer;
    this.key = options.key;
    this.#heardAt = options.parts.now();
    this.#frameRate = new RateLimiter(options.parts.limits.frames);
    const { socket } = options;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', () => this.#touch());
    socket.on('pong', () => this.#touch());
    // `close` follows, with a code that says why.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#over());
  }

  /** The project as it is now: its keys may have changed since the connection was opened. */
  get project(): Project {
    const { project, parts } = this.#options;
    return parts.projects.peek(project.ref) ?? project;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get channelCount(): number {
    return this.#channels.size + this.#joining.size;
  }

  send({ data, isBinary }: Encoded): void {
    if (!this.#isOpen) return;
    const { socket, parts } = this.#options;
    this.#gather();
    socket.send(data, { binary: isBinary });
    // Only what the system would not take may count as unread.
    if (this.#options.stream.writableLength > MAX_GATHERED_BYTES) this.#release();
    // A client that does not read would make the server keep everything for it.
    if (socket.bufferedAmount > parts.limits.unreadBytes) this.#cutOff();
  }

  say(frame: ServerFrame): void {
    this.send({ data: Buffer.from(this.serializer.encode(frame)), isBinary: false });
  }

  mayBroadcast(): boolean {
    return this.#options.parts.quotas.takeMessage(this.#options.project.ref);
  }

  forget(channel: Channel): void {
    if (this.#channels.get(channel.topic) === channel) this.#channels.delete(channel.topic);
  }

  /** Whether a token is good now. @param token Null for the connection's own key. */
  admit(token: string | null): Admitted | TokenFault {
    const { parts } = this.#options;
    return admitToken(parts.tokens, this.project, token ?? this.key, parts.now() / 1000);
  }

  /** Called every second: ends what is silent, stuck, or has lost the token it lives on. */
  sweep(): void {
    const { socket, parts } = this.#options;
    const now = parts.now();
    if (now - this.#heardAt > parts.limits.idleMs || this.#isStuck(socket.bufferedAmount, now)) {
      this.#cutOff();
      return;
    }
    for (const channel of this.#channels.values()) {
      const verdict = this.admit(channel.token);
      if ('code' in verdict) channel.end(verdict.message);
    }
  }

  /** The server is shutting down. */
  shut(): void {
    this.#options.socket.close(CLOSE.goingAway, 'The server is shutting down');
  }

  terminate(): void {
    this.#options.socket.terminate();
  }

  #receive(data: RawData, isBinary: boolean): void {
    const { parts, socket } = this.#options;
    // What was sent before a close of ours may still arrive.
    if (!this.#isOpen || socket.readyState !== socket.OPEN) return;
    this.#touch();
    if (this.#frameRate.take(RATE_KEY, parts.now()) > 0) {
      socket.close(CLOSE.policy, 'Too many messages per second');
      return;
    }
    const frame = this.serializer.decode(bufferOf(data), isBinary);
    if (frame === null) socket.close(CLOSE.malformed, 'This frame is none of the protocol');
    else this.#handle(frame);
  }

  #handle(frame: ClientFrame): void {
    const { topic, event, ref } = frame;
    if (topic === CONTROL_TOPIC && event === 'heartbeat') {
      this.#reply(frame, 'ok', {});
      return;
    }
    if (event === 'phx_join') {
      void this.#join(frame);
      return;
    }
    const joining = this.#joining.get(topic);
    if (joining !== undefined) {
      if (joining.frames.push(frame) > MAX_WAITING_FRAMES) this.#cutOff();
      return;
    }
    const channel = this.#channels.get(topic);
    if (channel === undefined) {
      this.#reply(frame, 'error', { reason: 'unmatched topic' });
    } else if (event === 'phx_leave') {
      channel.reply(ref, 'ok', {});
      channel.close();
    } else if (event === 'access_token') {
      this.#renewToken(channel, frame);
    } else {
      channel.handle(frame);
    }
  }

  async #join(frame: ClientFrame): Promise<void> {
    const { topic, ref } = frame;
    // A second join replaces the first, whether that one is done or not.
    const replaced = this.#joining.get(topic);
    this.#joining.delete(topic);
    this.#channels.get(topic)?.close();
    const joining: Joining = { frames: replaced?.frames ?? [] };
    const joined = join(this, this.#options.parts, frame, () => this.#isOpen && this.#joining.get(topic) === joining);
    this.#joining.set(topic, joining);
    const result: Joined | null = await joined;
    if (result === null) return;
    this.#joining.delete(topic);
    if ('reason' in result) {
      this.#reply(frame, 'error', { reason: result.reason });
    } else {
      this.#channels.set(topic, result.channel);
      result.channel.reply(ref, 'ok', result.response);
      result.afterwards();
    }
    for (const waiting of joining.frames) this.#handle(waiting);
  }

  #renewToken(channel: Channel, { payload }: ClientFrame): void {
    const given =
      typeof payload === 'object' && payload !== null && 'access_token' in payload ? payload.access_token : null;
    const token = readToken(given);
    if (token === null || token === channel.token) return;
    const verdict = this.admit(token);
    if ('code' in verdict) channel.end(verdict.message);
    else channel.become(verdict);
  }

  #reply({ joinRef, ref, topic }: ClientFrame, status: 'ok' | 'error', response: object): void {
    const payload = JSON.stringify({ status, response });
    this.say({ joinRef, ref, topic, event: 'phx_reply', payload });
  }

  /** What is sent in one turn goes out in one write, which costs the system more than what is in it. */
  #gather(): void {
    if (this.#isGathering) return;
    const { stream } = this.#options;
    this.#isGathering = true;
    stream.cork();
    setImmediate(() => this.#release());
  }

  #release(): void {
    if (!this.#isGathering) return;
    this.#isGathering = false;
    this.#options.stream.uncork();
  }

  #touch(): void {
    this.#heardAt = this.#options.parts.now();
  }

  #isStuck(unread: number, now: number): boolean {
    // Fewer bytes than before: the client reads, slowly.
    if (unread === 0) this.#stuckSince = null;
    else if (this.#stuckSince === null || unread < this.#unread) this.#stuckSince = now;
    this.#unread = unread;
    return this.#stuckSince !== null && now - this.#stuckSince > this.#options.parts.limits.unreadMs;
  }

  #cutOff(): void {
    this.#options.socket.terminate();
    this.#over();
  }

  #over(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#joining.clear();
    for (const channel of this.#channels.values()) channel.leave();
    this.#options.onClose();
  }
}

/** `ws` hands out one buffer per message unless told otherwise, which it is not. */
function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
