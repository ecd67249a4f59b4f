import type { Project } from '@ashlar/service';
import type { Authorizer } from '../access/authorizer.ts';
import type { Peers } from '../peers/peers.ts';
import { Outgoing } from './outgoing.ts';
import { Room } from './room.ts';
import type { UserBroadcast } from '../wire/frame.ts';

/** What every topic begins with on the wire. */
export const TOPIC_PREFIX = 'realtime:';

export interface Publication extends UserBroadcast {
  /** Without the prefix. */
  readonly name: string;
  readonly isPrivate: boolean;
  /** JSON text. */
  readonly meta: string | null;
}

/** The rooms of all projects that have somebody in them in this process. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #authorizer: Authorizer;
  readonly #peers: Peers | null;

  /** @param peers The other processes; null where there are none. */
  constructor(authorizer: Authorizer, peers: Peers | null) {
    this.#authorizer = authorizer;
    this.#peers = peers;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** The room, made when nobody is there yet; it goes with its last member. */
  open(project: Project, name: string, isPrivate: boolean): Room {
    const key = keyOf(project.ref, name, isPrivate);
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    const peers = this.#peers;
    const room: Room = new Room({
      link: peers === null ? null : (opened) => peers.open(key, opened),
      topic: TOPIC_PREFIX + name,
      isPrivate,
      check: (callers) => this.#authorizer.check(project, name, callers),
      onEmpty: () => this.#rooms.delete(key),
    });
    this.#rooms.set(key, room);
    return room;
  }

  /** Says something in a room, in whichever process its members are. */
  send(ref: string, publication: Publication): void {
    this.publish(ref, publication);
    const { name, isPrivate, event, payload } = publication;
    this.#peers?.broadcast(keyOf(ref, name, isPrivate), { event, payload });
  }

  /** Hands a message to everybody of this process in a room, if there is anybody. */
  publish(ref: string, { name, isPrivate, event, payload, meta }: Publication): void {
    const room = this.#rooms.get(keyOf(ref, name, isPrivate));
    room?.broadcast(Outgoing.broadcast({ topic: TOPIC_PREFIX + name, event, payload, meta }), null);
  }
}

function keyOf(ref: string, name: string, isPrivate: boolean): string {
  return `${ref} ${isPrivate ? 'private' : 'public'} ${name}`;
}
