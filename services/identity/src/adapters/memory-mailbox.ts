import { BoundedCache } from '@ashlar/kernel';
import type { CaughtMessage, Mailbox } from '../application/mailbox.ts';

const MAX_PROJECTS = 100;
const MAX_MESSAGES = 100;

export function createMemoryMailbox(): Mailbox {
  const boxes = new BoundedCache<string, readonly CaughtMessage[]>(MAX_PROJECTS);
  let count = 0;
  const of = (ref: string): readonly CaughtMessage[] => boxes.get(ref) ?? [];
  return {
    keep(ref, message) {
      count += 1;
      boxes.set(ref, [{ id: String(count), ...message }, ...of(ref)].slice(0, MAX_MESSAGES));
    },
    list(ref, to) {
      const wanted = to?.trim().toLowerCase() ?? '';
      return wanted === '' ? of(ref) : of(ref).filter((message) => message.to.toLowerCase() === wanted);
    },
    find: (ref, id) => of(ref).find((message) => message.id === id),
    clear: (ref) => void boxes.delete(ref),
  };
}
