import { isObject, type JsonObject, objectAt, resolvePointer } from '../parse/json-document.ts';
import type { Findings } from './changes.ts';
import { compareSchemas, type Direction } from './json-schema.ts';
import { SeenPairs } from './seen-pairs.ts';

/** What became of channels, operations and messages of an AsyncAPI document. */
export function compareAsyncApi(before: JsonObject, after: JsonObject, findings: Findings): void {
  const [old, now] = [viewOf(before), viewOf(after)];
  for (const [name, address] of old.channels) {
    const at = `channel ${name}`;
    if (!now.channels.has(name)) findings.add('breaking', 'channel-removed', at, 'is gone');
    else if (now.channels.get(name) !== address) {
      findings.add('breaking', 'channel-moved', at, `is at ${now.channels.get(name)}, was at ${address}`);
    }
  }
  for (const name of now.channels.keys()) {
    if (!old.channels.has(name)) findings.add('compatible', 'channel-added', `channel ${name}`, 'is new');
  }
  for (const [name, action] of old.operations) {
    const next = now.operations.get(name);
    if (next === action) continue;
    const message = next === undefined ? 'is gone' : `is ${next}, was ${action}`;
    findings.add('breaking', 'operation-removed', `operation ${name}`, message);
  }
  for (const name of now.operations.keys()) {
    if (!old.operations.has(name)) findings.add('compatible', 'operation-added', `operation ${name}`, 'is new');
  }
  compareMessages(before, after, old, now, findings);
}

function compareMessages(before: JsonObject, after: JsonObject, old: View, now: View, findings: Findings): void {
  for (const [name, message] of old.messages) {
    const next = now.messages.get(name);
    const at = `message ${name}`;
    if (next === undefined) {
      findings.add('breaking', 'message-removed', at, 'is gone');
      continue;
    }
    for (const direction of directionsOf(old, name)) {
      const places = [
        { schema: isObject(message.payload) ? message.payload : {}, root: before },
        { schema: isObject(next.payload) ? next.payload : {}, root: after },
      ] as const;
      compareSchemas({ findings, direction, seen: new SeenPairs() }, places[0], places[1], at);
    }
  }
  for (const name of now.messages.keys()) {
    if (!old.messages.has(name)) findings.add('compatible', 'message-added', `message ${name}`, 'is new');
  }
}

interface View {
  /** Addresses by name. */
  readonly channels: ReadonlyMap<string, string>;
  /** Actions by name, with the channel: `send a`. */
  readonly operations: ReadonlyMap<string, string>;
  /** By channel and name. */
  readonly messages: ReadonlyMap<string, JsonObject>;
  readonly sent: ReadonlySet<string>;
  readonly received: ReadonlySet<string>;
}

function viewOf(document: JsonObject): View {
  const channels = new Map<string, string>();
  const messages = new Map<string, JsonObject>();
  for (const [name, value] of Object.entries(objectAt(document, 'channels'))) {
    const channel = deref(document, value);
    channels.set(name, typeof channel.address === 'string' ? channel.address : name);
    for (const [message, reference] of Object.entries(objectAt(channel, 'messages'))) {
      messages.set(`${name}/${message}`, deref(document, reference));
    }
  }
  const operations = new Map<string, string>();
  const [sent, received] = [new Set<string>(), new Set<string>()];
  for (const [name, value] of Object.entries(objectAt(document, 'operations'))) {
    const operation = deref(document, value);
    const reference = objectAt(operation, 'channel').$ref;
    const channel = typeof reference === 'string' ? (reference.split('/').at(-1) ?? '') : '';
    operations.set(name, `${String(operation.action)} ${channel}`);
    (operation.action === 'send' ? sent : received).add(channel);
  }
  return { channels, operations, messages, sent, received };
}

/** What we send others read; what we receive others write. A message nobody names is held to both. */
function directionsOf({ sent, received }: View, message: string): readonly Direction[] {
  const channel = message.slice(0, message.lastIndexOf('/'));
  const [sends, hears] = [sent.has(channel), received.has(channel)];
  if (sends === hears) return ['output', 'input'];
  return sends ? ['output'] : ['input'];
}

function deref(document: JsonObject, value: unknown): JsonObject {
  let found = value;
  for (let steps = 0; steps < 10 && isObject(found) && typeof found.$ref === 'string'; steps += 1) {
    found = resolvePointer(document, found.$ref);
  }
  return isObject(found) ? found : {};
}
