import { randomBytes } from 'node:crypto';
import { isObject, parseJson } from '../wire/frame.ts';

/** What one member says of itself, as others see it. */
interface Meta {
  readonly ref: string;
  /** JSON text of the payload as given: the same again changes nothing. */
  readonly given: string;
  readonly shown: Readonly<Record<string, unknown>>;
}

type Metas = Readonly<Record<string, { readonly metas: readonly Meta['shown'][] }>>;

/** Who is in a room, by key; several members may share one. A member has one entry at most. */
export class PresenceState<Member> {
  readonly #byKey = new Map<string, Map<Member, Meta>>();
  readonly #keys = new Map<Member, string>();

  get size(): number {
    return this.#keys.size;
  }

  /** Enters a member or changes what it says. @returns The diff as JSON text, null when nothing changed. */
  track(member: Member, key: string, payload: unknown): string | null {
    const known = this.#byKey.get(key);
    const before = known?.get(member);
    const given = JSON.stringify(payload);
    if (before?.given === given) return null;
    const ref = randomBytes(9).toString('base64url');
    const previous = before === undefined ? {} : { phx_ref_prev: before.ref };
    const shown = { ...(isObject(payload) ? payload : {}), ...previous, phx_ref: ref };
    const members = known ?? new Map<Member, Meta>();
    members.set(member, { ref, given, shown });
    this.#byKey.set(key, members);
    this.#keys.set(member, key);
    return diff({ [key]: { metas: [shown] } }, before === undefined ? {} : { [key]: { metas: [before.shown] } });
  }

  /** @returns The diff as JSON text, null when the member was not there. */
  untrack(member: Member): string | null {
    const key = this.#keys.get(member);
    const members = key === undefined ? undefined : this.#byKey.get(key);
    const meta = members?.get(member);
    if (key === undefined || members === undefined || meta === undefined) return null;
    this.#keys.delete(member);
    members.delete(member);
    if (members.size === 0) this.#byKey.delete(key);
    return diff({}, { [key]: { metas: [meta.shown] } });
  }

  /** Every member with its key and what it says. */
  entries(): readonly { readonly member: Member; readonly key: string; readonly payload: unknown }[] {
    return [...this.#byKey].flatMap(([key, members]) =>
      [...members].map(([member, { given }]) => ({ member, key, payload: parseJson(given) })),
    );
  }

  /** Everybody who is there, as JSON text. */
  state(): string {
    const entries = [...this.#byKey].map(([key, members]) => [
      key,
      { metas: [...members.values()].map(({ shown }) => shown) },
    ]);
    return JSON.stringify(Object.fromEntries(entries));
  }
}

function diff(joins: Metas, leaves: Metas): string {
  return JSON.stringify({ joins, leaves });
}
