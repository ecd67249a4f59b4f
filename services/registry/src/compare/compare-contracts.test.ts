import { describe, expect, test } from 'vitest';
import type { ContractFormat } from '../domain/contract-format.ts';
import { stepFor } from '../domain/change.ts';
import { readContract } from '../parse/read-contract.ts';
import { compareContracts } from './compare-contracts.ts';

/** `level code path` of each change. */
function changes(format: ContractFormat, before: unknown, after: unknown): readonly string[] {
  const found = compareContracts(readContract(format, before), readContract(format, after));
  return found.map(({ level, code, path }) => `${level} ${code} ${path}`);
}

const object = (properties: object, more: object = {}): object => ({ type: 'object', properties, ...more });

const openApi = (input: object, output: object, more: object = {}): object => ({
  openapi: '3.1.1',
  info: { title: 'Depot', version: '1' },
  paths: {
    '/parcels/{parcelId}': {
      post: {
        operationId: 'storeParcel',
        parameters: [{ name: 'parcelId', in: 'path', required: true, schema: { type: 'string' } }],
        requestBody: { required: true, content: { 'application/json': { schema: input } } },
        responses: { 200: { description: 'stored', content: { 'application/json': { schema: output } } } },
        ...more,
      },
    },
  },
});

const own = (schema: object): object => ('$defs' in schema ? { $id: 'urn:x', ...schema } : schema);
const breaks = (found: readonly string[]): boolean => found.some((one) => one.startsWith('breaking'));
const schema = (type: string): object => ({ not: { $ref: '#/$defs/a' }, $defs: { a: { type } } });
const asyncApi = (action: 'send' | 'receive', payload: object, channel = 'depot-parcel-stored'): object => ({
  asyncapi: '3.0.0',
  info: { title: 'Depot', version: '1' },
  channels: {
    [channel]: { address: 'depot.parcel.stored', messages: { event: { $ref: '#/components/messages/m' } } },
  },
  operations: { one: { action, channel: { $ref: `#/channels/${channel}` } } },
  components: { messages: { m: { name: 'm', payload } } },
});

/** What is sent and what is answered, each with what the same change means for it. */
const judged: readonly (readonly [what: string, before: object, after: object, input: boolean, output: boolean])[] = [
  ['a member that is gone', object({ a: {}, b: {} }), object({ a: {} }), true, true],
  ['a new member', object({ a: {} }), object({ a: {}, b: {} }), false, false],
  ['a new required member', object({}), object({ b: {} }, { required: ['b'] }), true, false],
  ['a member required now', object({ a: {} }), object({ a: {} }, { required: ['a'] }), true, false],
  ['a member optional now', object({ a: {} }, { required: ['a'] }), object({ a: {} }), false, true],
  ['a narrower type', { type: ['string', 'null'] }, { type: 'string' }, true, false],
  ['a wider type', { type: 'string' }, { type: ['string', 'null'] }, false, true],
  ['another type', { type: 'string' }, { type: 'integer' }, true, true],
  ['a number that was an integer', { type: 'integer' }, { type: 'number' }, false, true],
  ['fewer values', { enum: ['a', 'b'] }, { enum: ['a'] }, true, false],
  ['more values', { enum: ['a'] }, { enum: ['a', 'b'] }, false, true],
  ['values where any was', { type: 'string' }, { type: 'string', enum: ['a'] }, true, false],
  ['any value where some were', { type: 'string', enum: ['a'] }, { type: 'string' }, false, true],
  ['a constant that changed', { const: 1 }, { const: 2 }, true, true],
  ['a tighter bound', { maxLength: 10 }, { maxLength: 9 }, true, false],
  ['a looser bound', { maximum: 10 }, { maximum: 11 }, false, true],
  ['a new least', {}, { minimum: 0 }, true, false],
  ['a new pattern', {}, { pattern: '^a' }, true, false],
  ['another pattern', { pattern: '^a' }, { pattern: '^b' }, true, true],
  ['another form', { format: 'date' }, { format: 'date-time' }, true, true],
  ['fewer variants', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { anyOf: [{ type: 'string' }] }, true, false],
  ['more variants', { oneOf: [{ type: 'string' }] }, { oneOf: [{ type: 'string' }, { type: 'null' }] }, false, true],
  ['the only variant changed', { anyOf: [{ type: 'string' }] }, { anyOf: [{ type: 'integer' }] }, true, true],
  [
    'variants in another order',
    { anyOf: [{ type: 'string' }, { type: 'null' }] },
    { anyOf: [{ type: 'null' }, { type: 'string' }] },
    false,
    false,
  ],
  ['what may be null now', { type: 'string' }, { anyOf: [{ type: 'string' }, { type: 'null' }] }, false, true],
  ['closed', object({}), object({}, { additionalProperties: false }), true, false],
  ['opened', object({}, { additionalProperties: false }), object({}), false, false],
  ['items of another type', { items: { type: 'string' } }, { items: { type: 'integer' } }, true, true],
  [
    'values of a map',
    { additionalProperties: { type: 'string' } },
    { additionalProperties: { type: 'integer' } },
    true,
    true,
  ],
  ['what cannot be judged', { not: { type: 'string' } }, { not: { type: 'integer' } }, true, true],
  ['nothing but words', { title: 'a' }, { title: 'b', description: 'c' }, false, false],
  ['the same in parts', object({ a: {} }), { allOf: [object({ a: {} })] }, false, false],
  ['a part that is gone', { allOf: [object({ a: {} }), object({ b: {} })] }, object({ a: {} }), true, true],
  ['a reference instead', { type: 'string' }, { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }, false, false],
];

describe('what is sent breaks with what is narrower, what is answered with what is wider', () => {
  test.each(judged)('%s', (_what, before, after, input, output) => {
    expect(breaks(changes('openapi', openApi(own(before), {}), openApi(own(after), {})))).toBe(input);
    expect(breaks(changes('openapi', openApi({}, own(before)), openApi({}, own(after))))).toBe(output);
    expect(breaks(changes('json-schema', before, after))).toBe(input);
  });
});

test('what a keyword nobody judges refers to counts as well', () => {
  expect(changes('json-schema', schema('string'), schema('integer'))).toEqual(['breaking unjudged ']);
});

test('a member that has another name is told as such', () => {
  const [found] = compareContracts(
    readContract('json-schema', object({ code: { type: 'string' } })),
    readContract('json-schema', object({ label: { type: 'string' } })),
  );
  expect(found?.message).toBe('is gone; was it renamed to label?');
});

test('operations, parameters, answers and names are part of the promise', () => {
  const before = openApi({}, {});
  const path = 'POST /parcels/{}';
  expect(changes('openapi', before, { ...before, paths: {} })).toEqual([`breaking operation-removed ${path}`]);
  expect(changes('openapi', { ...before, paths: {} }, before)).toEqual([`compatible operation-added ${path}`]);
  expect(changes('openapi', before, openApi({}, {}, { operationId: 'keepParcel' }))).toEqual([
    `breaking name-changed ${path}`,
  ]);
  expect(changes('openapi', before, openApi({}, {}, { security: [{ key: [] }] }))).toEqual([
    `breaking security-changed ${path}`,
  ]);
  expect(changes('openapi', before, openApi({}, {}, { responses: { 202: { description: 'later' } } }))).toEqual([
    `breaking response-removed ${path} · 200`,
    `breaking response-added ${path} · 202`,
  ]);
  const withQuery = (required: boolean): object =>
    openApi(
      {},
      {},
      {
        parameters: [
          { name: 'parcelId', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'shelf', in: 'query', required, schema: { type: 'string' } },
        ],
      },
    );
  expect(changes('openapi', before, withQuery(true))).toEqual([`breaking input-required ${path} · query shelf`]);
  expect(changes('openapi', before, withQuery(false))).toEqual([`compatible member-added ${path} · query shelf`]);
  const renamed = JSON.parse(JSON.stringify(before).replaceAll('parcelId', 'id')) as object;
  expect(changes('openapi', before, renamed)).toEqual([]);
});

describe('events', () => {
  const [narrow, wide] = [{ type: 'string' }, { type: ['string', 'null'] }];

  test('what is told may not widen, what is heard may not narrow', () => {
    expect(changes('asyncapi', asyncApi('send', narrow), asyncApi('send', wide))[0]).toMatch('breaking type-widened');
    expect(changes('asyncapi', asyncApi('send', wide), asyncApi('send', narrow))[0]).toMatch(
      'compatible type-narrowed',
    );
    expect(changes('asyncapi', asyncApi('receive', wide), asyncApi('receive', narrow))[0]).toMatch(
      'breaking type-narrowed',
    );
    expect(changes('asyncapi', asyncApi('receive', narrow), asyncApi('receive', wide))[0]).toMatch(
      'compatible type-widened',
    );
  });

  test('channels, operations and messages stay', () => {
    expect(changes('asyncapi', asyncApi('send', narrow), asyncApi('send', narrow, 'other'))).toEqual([
      'breaking channel-removed channel depot-parcel-stored',
      'breaking message-removed message depot-parcel-stored/event',
      'breaking operation-removed operation one',
      'compatible channel-added channel other',
      'compatible message-added message other/event',
    ]);
  });
});

describe('GraphQL', () => {
  const sdl =
    'type Query { parcels(code: String): [Parcel!] } type Parcel { code: ID! size: Size } enum Size { S L } input Box { a: Int }';
  test.each([
    ['a field that is gone', sdl.replace('code: ID! ', ''), 'breaking field-removed Parcel.code'],
    ['another type', sdl.replace('code: ID!', 'code: Int!'), 'breaking field-changed-kind Parcel.code'],
    [
      'a new required argument',
      sdl.replace('code: String', 'code: String, a: Int!'),
      'breaking required-arg-added Query.parcels',
    ],
    ['a new required input', sdl.replace('a: Int', 'a: Int b: Int!'), 'breaking required-input-field-added Box.b'],
    ['a value that answers did not have', sdl.replace('S L', 'S M L'), 'breaking value-added-to-enum Size.M'],
    ['a new field', sdl.replace('size: Size', 'size: Size at: String'), 'compatible field-added Parcel.at'],
  ])('%s', (_what, after, expected) => {
    expect(changes('graphql', sdl, after)).toContain(expected);
  });
});

describe('proto', () => {
  const proto = `syntax = "proto3"; package depot.v1; // words
    message Parcel { string code = 1; int64 grams = 2 [deprecated = true]; reserved 5, 8 to 10, "old"; Kind kind = 3;
      oneof place { string shelf = 6; string truck = 7; } map<string, string> tags = 12; message Note { string text = 1; } }
    enum Kind { NONE = 0; BOX = 1; }
    service Depot { rpc Store (Parcel) returns (Parcel); rpc Watch (Parcel) returns (stream Parcel) { option idempotency_level = NO_SIDE_EFFECTS; } }`;
  test.each([
    ['a field that is gone', proto.replace('string code = 1;', ''), 'breaking member-removed Parcel.code'],
    [
      'a field of another name',
      proto.replace('string code = 1', 'string label = 1'),
      'breaking member-renamed Parcel.code',
    ],
    ['a number used again', proto.replace('string code = 1', 'int32 count = 1'), 'breaking number-reused Parcel.code'],
    ['another number', proto.replace('string code = 1', 'string code = 4'), 'breaking number-changed Parcel.code'],
    ['another type', proto.replace('int64 grams', 'int32 grams'), 'breaking type-changed Parcel.grams'],
    ['a list instead', proto.replace('string code', 'repeated string code'), 'breaking label-changed Parcel.code'],
    [
      'a reserved number',
      proto.replace('reserved 5, ', 'string old = 5; reserved '),
      'breaking number-reused Parcel.old',
    ],
    [
      'out of its choice',
      proto.replace('string truck = 7; }', '} string truck = 7;'),
      'breaking oneof-changed Parcel.truck',
    ],
    [
      'a method that is gone',
      proto.replace('rpc Store (Parcel) returns (Parcel);', ''),
      'breaking method-removed Depot.Store',
    ],
    [
      'an answer that streams',
      proto.replace('returns (Parcel)', 'returns (stream Parcel)'),
      'breaking method-changed Depot.Store',
    ],
    ['a value that is gone', proto.replace('BOX = 1;', ''), 'breaking value-removed Kind.BOX'],
    [
      'a nested message that is gone',
      proto.replace('message Note { string text = 1; }', ''),
      'breaking message-removed Parcel.Note',
    ],
    ['another package', proto.replace('depot.v1', 'depot.v2'), 'breaking package-changed package'],
    [
      'a new field',
      proto.replace('string code = 1;', 'string code = 1; bool wet = 11;'),
      'compatible member-added Parcel.wet',
    ],
    [
      'told whether it is there',
      proto.replace('string code', 'optional string code'),
      'compatible label-changed Parcel.code',
    ],
  ])('%s', (_what, after, expected) => {
    expect(changes('proto', proto, after)).toEqual([expected]);
  });

  test('words and blanks change nothing', () => {
    expect(changes('proto', proto, proto.replace('// words', '/* other */').replaceAll('; ', ';\n'))).toEqual([]);
  });
});

test('what a version has to raise follows from the worst change', () => {
  const change = { code: '', path: '', message: '' };
  expect(stepFor([])).toBe('patch');
  expect(stepFor([{ ...change, level: 'note' }])).toBe('patch');
  expect(
    stepFor([
      { ...change, level: 'note' },
      { ...change, level: 'compatible' },
    ]),
  ).toBe('minor');
  expect(
    stepFor([
      { ...change, level: 'compatible' },
      { ...change, level: 'breaking' },
    ]),
  ).toBe('major');
});
