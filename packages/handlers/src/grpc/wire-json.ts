import type { DescMessage, JsonObject, JsonValue, Message } from '@bufbuild/protobuf';
import type { Member, Shape } from '../input/wire-shape.ts';
import { type Direction, innerOf, specialMembers, tellsEmpty } from './proto-model.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What a use case answers, as the JSON mapping of Protocol Buffers reads it. They know neither null nor an empty list
 * from one that is not there, so those are named in members of their own.
 */
export function toProtoJson(shape: Shape, value: unknown, direction: Direction = 'answer'): JsonValue {
  if (shape.kind === 'object') return objectToProto(shape.members, value as Json, direction);
  const { label, shape: inner } = innerOf(shape);
  if (label === 'repeated') return (value as readonly unknown[]).map((item) => toProtoJson(inner, item, direction));
  if (label === 'map') {
    return Object.fromEntries(
      Object.entries(value as Json).map(([key, item]) => [key, toProtoJson(inner, item, direction)]),
    );
  }
  // An output is JSON already; whole numbers are read from numbers as well as from texts.
  return value as JsonValue;
}

function objectToProto(members: readonly Member[], value: Json, direction: Direction): JsonValue {
  const made: Record<string, JsonValue> = {};
  const nulls: string[] = [];
  const empties: string[] = [];
  for (const member of members) {
    const { name, shape } = member;
    const item = value[name];
    if (item === undefined) continue;
    if (item === null && shape.nullable) nulls.push(name);
    else if (tellsEmpty(member, direction) && isEmpty(item)) empties.push(name);
    else made[name] = toProtoJson(shape, item, direction);
  }
  return { ...made, ...(nulls.length > 0 ? { nulls } : {}), ...(empties.length > 0 ? { empties } : {}) };
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/**
 * A request as the JSON a use case takes, from the JSON mapping of its message. A field no contract names becomes a
 * member such as `#4711`, which the edge refuses by its place as it does any unknown one.
 */
export function fromProtoJson(
  shape: Shape,
  json: JsonValue,
  message: Message,
  desc: DescMessage,
  direction: Direction = 'request',
): unknown {
  if (shape.kind !== 'object') return json;
  return objectFromProto(shape.members, json as JsonObject, message, desc, direction);
}

function objectFromProto(
  members: readonly Member[],
  json: JsonObject,
  message: Message,
  desc: DescMessage,
  direction: Direction,
): Json {
  const listed = (name: string): readonly string[] => (Array.isArray(json[name]) ? json[name].map(String) : []);
  const special = specialMembers(members, direction);
  const made = new Map<string, unknown>();
  for (const member of members) {
    const { name, shape, required } = member;
    const item = json[name];
    const { label } = innerOf(shape);
    if (item !== undefined) made.set(name, memberFromProto(shape, item, fieldOf(message, desc, name), direction));
    else if (label !== null && required && !tellsEmpty(member, direction)) made.set(name, label === 'map' ? {} : []);
  }
  if (special.empties) {
    const labels = new Map(members.map(({ name, shape }) => [name, innerOf(shape).label]));
    for (const name of listed('empties')) made.set(name, labels.get(name) === 'map' ? {} : []);
  }
  if (special.nulls) for (const name of listed('nulls')) made.set(name, null);
  for (const { no } of message.$unknown ?? []) made.set(`#${no}`, true);
  return Object.fromEntries(made);
}

function memberFromProto(shape: Shape, json: JsonValue, field: Field | null, direction: Direction): unknown {
  const { label, shape: inner } = innerOf(shape);
  if (inner.kind === 'integer') return numbersIn(json);
  if (inner.kind !== 'object' || field === null) return json;
  const { desc, value } = field;
  if (label === null) return fromProtoJson(inner, json, value as Message, desc, direction);
  const items = value as Readonly<Record<string, Message>>;
  const read = ([key, item]: [string, JsonValue]): [string, unknown] => {
    const message = items[key];
    return [key, message === undefined ? item : fromProtoJson(inner, item, message, desc, direction)];
  };
  // The mapping gives a list for a repeated field and an object for a map.
  const entries = Object.entries(json as JsonObject).map(read);
  return label === 'repeated' ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

interface Field {
  readonly desc: DescMessage;
  readonly value: unknown;
}

function fieldOf(message: Message, desc: DescMessage, jsonName: string): Field | null {
  const field = desc.fields.find((one) => one.jsonName === jsonName);
  if (field === undefined || field.message === undefined) return null;
  // Messages are objects with a property for each field.
  return { desc: field.message, value: (message as unknown as Json)[field.localName] };
}

/** 64-bit numbers are texts there; what a double cannot hold stays one, and the schema refuses it. */
function numbersIn(json: JsonValue): unknown {
  if (Array.isArray(json)) return json.map(numbersIn);
  if (typeof json === 'object' && json !== null) {
    return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, numbersIn(item)]));
  }
  const number = Number(json);
  return Number.isSafeInteger(number) ? number : json;
}
