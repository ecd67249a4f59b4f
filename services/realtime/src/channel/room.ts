import type { Caller } from '@ashlar/service';
import type { Grants } from '../access/authorizer.ts';
import type { PeerRoom, Resident, RoomLink } from '../peers/peers.ts';
import type { UserBroadcast } from '../wire/frame.ts';
import { Outgoing } from './outgoing.ts';
import { PresenceState } from './presence-state.ts';

/** Who is in a room. */
export interface Member {
  readonly caller: Caller;
  readonly hearsPresence: boolean;
  /** Hands a message on, or holds it until the member's rights are known to hold. */
  receive(outgoing: Outgoing): void;
  /** The database said what the member may do now. */
  renew(grants: Grants): void;
  /** The database could not be asked for too long. */
  giveUp(): void;
}

export interface RoomOptions {
  /** As clients write it, with `realtime:`. */
  readonly topic: string;
  readonly isPrivate: boolean;
  readonly check: (callers: readonly Caller[]) => Promise<readonly Grants[]>;
  /** Ties it to the same room in other processes; null where there are none. */
  readonly link: ((room: PeerRoom) => RoomLink) | null;
  /** The last member left. */
  readonly onEmpty: () => void;
}

/** Milliseconds between two tries to ask a database that is away. */
const RETRY_MS = 500;
const MAX_TRIES = 10;

/** The members of one topic. Public and private topics of one name are different rooms. */
export class Room implements PeerRoom {
  readonly #options: RoomOptions;
  readonly #members = new Set<Member>();
  readonly #presence = new PresenceState<Member | string>();
  readonly #link: RoomLink | null;
  /** What members are called in other processes; those of other processes are in the presence by that name. */
  readonly #names = new Map<Member, string>();
  #nextName = 0;
  /** Members whose rights are to be asked anew. */
  #doubtful = new Set<Member>();
  #isChecking = false;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#link = options.link?.(this) ?? null;
  }

  get size(): number {
    return this.#members.size;
  }

  enter(member: Member): void {
    this.#members.add(member);
  }

  leave(member: Member): void {
    this.#doubtful.delete(member);
    if (!this.#members.delete(member)) return;
    this.untrack(member);
    this.#names.delete(member);
    if (this.#members.size > 0) return;
    this.#link?.close();
    this.#options.onEmpty();
  }

  /** @param except Does not get it: its sender, unless it asked for its own. */
  broadcast(outgoing: Outgoing, except: Member | null): void {
    for (const member of this.#members) if (member !== except) member.receive(outgoing);
  }

  /** What a member says, to those of other processes too. */
  speak(message: UserBroadcast, except: Member | null): void {
    const { topic } = this.#options;
    this.broadcast(Outgoing.broadcast({ topic, ...message, meta: null }), except);
    this.#link?.broadcast(message);
  }

  track(member: Member, key: string, payload: unknown): void {
    const diff = this.#presence.track(member, key, payload);
    this.#announce(diff);
    if (diff !== null) this.#link?.track({ member: this.#nameOf(member), key, payload });
  }

  untrack(member: Member): void {
    const diff = this.#presence.untrack(member);
    this.#announce(diff);
    if (diff !== null) this.#link?.untrack(this.#nameOf(member));
  }

  hear(message: UserBroadcast): void {
    this.broadcast(Outgoing.broadcast({ topic: this.#options.topic, ...message, meta: null }), null);
  }

  present(who: string, key: string, payload: unknown): void {
    this.#announce(this.#presence.track(who, key, payload));
  }

  absent(who: string): void {
    this.#announce(this.#presence.untrack(who));
  }

  get strangers(): readonly string[] {
    return this.#presence.entries().flatMap(({ member }) => (typeof member === 'string' ? [member] : []));
  }

  get residents(): readonly Resident[] {
    return this.#presence
      .entries()
      .flatMap(({ member, ...shown }) =>
        typeof member === 'string' ? [] : [{ member: this.#nameOf(member), ...shown }],
      );
  }

  /** Everybody who is present, as JSON text. */
  presenceState(): string {
    return this.#presence.state();
  }

  /** Asks for a member's rights soon, together with those of others. */
  doubt(member: Member): void {
    this.#doubtful.add(member);
    if (!this.#isChecking) void this.#check();
  }

  #nameOf(member: Member): string {
    const name = this.#names.get(member) ?? String((this.#nextName += 1));
    this.#names.set(member, name);
    return name;
  }

  #announce(diff: string | null): void {
    if (diff === null) return;
    const frame = { joinRef: null, ref: null, topic: this.#options.topic, event: 'presence_diff', payload: diff };
    const outgoing = Outgoing.presence(frame);
    for (const member of this.#members) if (member.hearsPresence) member.receive(outgoing);
  }

  async #check(): Promise<void> {
    this.#isChecking = true;
    let tries = 0;
    while (this.#doubtful.size > 0) {
      const asked = [...this.#doubtful];
      this.#doubtful = new Set();
      const grants = await this.#options.check(asked.map(({ caller }) => caller)).catch(() => null);
      const stayed = (member: Member): boolean => this.#members.has(member);
      if (grants !== null) {
        tries = 0;
        asked.forEach((member, index) => {
          const granted = grants[index];
          // Whoever got another token meanwhile is asked again.
          if (granted !== undefined && stayed(member) && !this.#doubtful.has(member)) member.renew(granted);
        });
      } else if (++tries >= MAX_TRIES) {
        for (const member of asked) if (stayed(member)) member.giveUp();
      } else {
        for (const member of asked) if (stayed(member)) this.#doubtful.add(member);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#isChecking = false;
  }
}
