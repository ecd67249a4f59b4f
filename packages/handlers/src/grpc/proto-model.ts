import type { AnyUseCase, Suite } from '@ashlar/kernel';
import { capital, pascalName } from '../input/contract-name.ts';
import { wireSchema } from '../input/wire-schema.ts';
import { type Member, type Shape, shapeOf } from '../input/wire-shape.ts';
import { EMPTIES_FIELD, fieldNumber, NULLS_FIELD } from './field-number.ts';

/** A suite in the words of Protocol Buffers, before it is text or descriptor. */
export interface ProtoModel {
  /** `ashlar.inventory.v1`. */
  readonly package: string;
  /** `InventoryService`. */
  readonly service: string;
  readonly summary: string;
  readonly messages: readonly ProtoMessage[];
  readonly methods: readonly ProtoMethod[];
}

export interface ProtoMessage {
  readonly name: string;
  readonly fields: readonly ProtoField[];
}

const SCALAR_TYPES = ['string', 'bool', 'double', 'int64'] as const;
export type ScalarType = (typeof SCALAR_TYPES)[number];

export interface ProtoField {
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly type: { readonly scalar: ScalarType } | { readonly message: string };
  readonly label: 'optional' | 'repeated' | 'map' | null;
  readonly comment: string | undefined;
}

export interface ProtoMethod {
  readonly name: string;
  readonly useCase: AnyUseCase;
  readonly request: string;
  readonly response: string;
  readonly input: Shape;
  readonly output: Shape;
}

/** Which way a message goes. */
export type Direction = 'request' | 'answer';

/** Any value of JSON, for what has no type of its own. */
const VALUE = 'google.protobuf.Value';
const STRUCT = 'google.protobuf.Struct';
/** The detail of every error. */
export const PROBLEM = 'Problem';
const FAULT = 'Fault';

const NULLS_COMMENT = 'Members that are null; one that is neither here nor set is not there.';
const EMPTIES_COMMENT = 'Lists and maps that are there and have nothing in them.';

const known = new WeakMap<Suite, ProtoModel>();

/** @throws {Error} When two members of a message have one number, or two messages one name. */
export function protoModel(suite: Suite): ProtoModel {
  const found = known.get(suite);
  if (found !== undefined) return found;
  const made = makeModel(suite);
  known.set(suite, made);
  return made;
}

function makeModel({ name, title, useCases }: Suite): ProtoModel {
  const messages = new Messages();
  const methods = useCases
    .filter(({ on }) => on.grpc === true)
    .map((useCase): ProtoMethod => {
      const method = pascalName(useCase.name);
      const [input, output] = [shapeOf(wireSchema(useCase.input)), shapeOf(wireSchema(useCase.output))];
      const [request, response] = [`${method}Request`, `${method}Response`];
      messages.addRoot(request, input, 'request', useCase.name);
      messages.addRoot(response, output, 'answer', useCase.name);
      return { name: method, useCase, request, response, input, output };
    });
  return {
    package: `ashlar.${name}.v1`,
    service: `${capital(name)}Service`,
    summary: title.en,
    messages: [...messages.byName.values(), ...PROBLEM_MESSAGES],
    methods,
  };
}

class Messages {
  readonly byName = new Map<string, ProtoMessage>();

  addRoot(name: string, shape: Shape, direction: Direction, useCase: string): void {
    if (shape.kind !== 'object') throw new Error(`${useCase}: gRPC carries objects with members, got ${shape.kind}`);
    this.#add(name, shape.members, direction);
  }

  #add(name: string, members: readonly Member[], direction: Direction): string {
    // Named before its members are, so that a document reads from the outside in.
    const isKnown = this.byName.has(name);
    if (!isKnown) this.byName.set(name, { name, fields: [] });
    const message = {
      name,
      fields: fieldsOf(name, members, direction, (path, shape) => this.#typeOf(path, shape, direction)),
    };
    const taken = this.byName.get(name);
    if (isKnown && JSON.stringify(taken) !== JSON.stringify(message)) {
      throw new Error(`Two different objects would be the message ${name}`);
    }
    this.byName.set(name, message);
    return name;
  }

  #typeOf(path: string, shape: Shape, direction: Direction): ProtoField['type'] {
    switch (shape.kind) {
      case 'text':
      case 'choice':
        return { scalar: 'string' };
      case 'boolean':
        return { scalar: 'bool' };
      case 'number':
        return { scalar: 'double' };
      case 'integer':
        return { scalar: 'int64' };
      case 'object':
        return { message: this.#add(shape.title ?? path, shape.members, direction) };
      case 'list':
      case 'map':
      case 'any':
        return { message: VALUE };
    }
  }
}

function fieldsOf(
  message: string,
  members: readonly Member[],
  direction: Direction,
  typeOf: (path: string, shape: Shape) => ProtoField['type'],
): readonly ProtoField[] {
  const fields = members.map((member): ProtoField => {
    const { name, shape, description, protoField } = member;
    const inner = innerOf(shape);
    const type = typeOf(`${message}${capital(name)}`, inner.shape);
    return {
      name: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      jsonName: name,
      number: protoField ?? fieldNumber(name),
      type,
      label: inner.label ?? ('scalar' in type ? 'optional' : null),
      comment: shape.kind === 'choice' ? `One of ${shape.values.join(', ')}.` : description,
    };
  });
  const all = [...specialFields(members, direction), ...fields];
  for (const [index, field] of all.entries()) {
    const other = all.slice(0, index).find(({ name, number }) => name === field.name || number === field.number);
    if (other === undefined) continue;
    const what = other.name === field.name ? 'one name' : `the number ${field.number}`;
    throw new Error(`${message}: ${other.jsonName} and ${field.jsonName} have ${what}: give one a protoField`);
  }
  return all;
}

/** How a field repeats what it holds. A list of lists, or of what may be null, has no type of its own. */
export function innerOf(shape: Shape): { readonly label: 'repeated' | 'map' | null; readonly shape: Shape } {
  if (shape.kind === 'list' && !shape.item.nullable) return { label: 'repeated', shape: shape.item };
  if (shape.kind === 'map' && !shape.value.nullable) return { label: 'map', shape: shape.value };
  return { label: null, shape };
}

/** What Protocol Buffers cannot tell of a member by itself, where it has to be told. */
export function specialMembers(
  members: readonly Member[],
  direction: Direction,
): { readonly nulls: boolean; readonly empties: boolean } {
  return {
    nulls: members.some(({ shape }) => shape.nullable),
    empties: members.some((member) => tellsEmpty(member, direction)),
  };
}

/** Of an answer, a list that is always there is empty when nothing is in it. A request never empties one by leaving it out. */
export function tellsEmpty({ shape, required }: Member, direction: Direction): boolean {
  if (innerOf(shape).label === null) return false;
  if (direction === 'answer' && required && !shape.nullable) return false;
  return !(shape.kind === 'list' && shape.isNeverEmpty);
}

function specialFields(members: readonly Member[], direction: Direction): readonly ProtoField[] {
  const { nulls, empties } = specialMembers(members, direction);
  return [
    ...(nulls ? [textsField('nulls', NULLS_FIELD, NULLS_COMMENT)] : []),
    ...(empties ? [textsField('empties', EMPTIES_FIELD, EMPTIES_COMMENT)] : []),
  ];
}

function textsField(name: string, number: number, comment: string): ProtoField {
  return { name, jsonName: name, number, type: { scalar: 'string' }, label: 'repeated', comment };
}

const PROBLEM_MESSAGES: readonly ProtoMessage[] = [
  {
    name: PROBLEM,
    fields: [
      problemField('type', 1, 'string'),
      problemField('title', 2, 'string'),
      problemField('status', 3, 'int64', 'As over HTTP.'),
      problemField('detail', 4, 'string'),
      problemField('code', 5, 'string', 'Stable, such as common.stale_version.'),
      problemField('params', 6, STRUCT),
      { ...problemField('errors', 7, FAULT, 'Each fault of an input.'), label: 'repeated' },
      problemField('hint', 8, 'string'),
      problemField('retryable', 9, 'bool', 'The same again may succeed.'),
      problemField('current', 10, STRUCT, 'The row as it is now, when a version was out of date.'),
      problemField('trace_id', 11, 'string'),
    ],
  },
  {
    name: FAULT,
    fields: [
      problemField('pointer', 1, 'string', 'JSON pointer into the request.'),
      problemField('code', 2, 'string'),
      problemField('detail', 3, 'string'),
    ],
  },
];

function problemField(name: string, number: number, type: string, comment?: string): ProtoField {
  const scalar = SCALAR_TYPES.find((one) => one === type);
  return {
    name,
    jsonName: name,
    number,
    type: scalar === undefined ? { message: type } : { scalar },
    label: scalar === undefined ? null : 'optional',
    comment,
  };
}
