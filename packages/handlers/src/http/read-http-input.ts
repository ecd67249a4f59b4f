import { commonErrors } from '@ashlar/kernel';
import { readText } from '../input/read-text.ts';
import type { HttpBinding } from './http-binding.ts';

export interface HttpInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
}

/** One JSON input of what an address and a body say. @throws {AshlarError} `common.malformed` for a body that is no object. */
export function readHttpInput({ pathMembers, rest, input }: HttpBinding, asked: HttpInput): unknown {
  const read = (name: string, texts: readonly string[]): unknown => readText(input, input.properties?.[name], texts);
  const members = new Map<string, unknown>();
  if (rest === 'body') {
    const body = asked.body ?? {};
    if (typeof body !== 'object' || Array.isArray(body)) throw commonErrors.malformed({ wanted: 'JSON object' });
    for (const [name, value] of Object.entries(body)) members.set(name, value);
  } else {
    for (const [name, value] of Object.entries(asked.query)) {
      members.set(name, read(name, typeof value === 'string' ? [value] : value));
    }
  }
  for (const name of pathMembers) {
    const value = read(name, [asked.params[name] ?? '']);
    if (members.has(name) && members.get(name) !== value) {
      const detail = 'The path names another one';
      throw commonErrors.invalidInput({ count: 1 }, { fields: [{ pointer: `/${name}`, code: 'differs', detail }] });
    }
    members.set(name, value);
  }
  return Object.fromEntries(members);
}
