import { defineSuite, useCase } from '@ashlar/kernel';
import { create, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { depot } from '../depot.fixture.ts';
import { wireSchema } from '../input/wire-schema.ts';
import { shapeOf } from '../input/wire-shape.ts';
import { fieldNumber } from './field-number.ts';
import { printProto } from './print-proto.ts';
import { suiteDescriptor } from './proto-descriptor.ts';
import { protoModel } from './proto-model.ts';
import { fromProtoJson, toProtoJson } from './wire-json.ts';

const suiteOf = (input: z.ZodType) =>
  defineSuite({
    name: 'numbers',
    title: { en: 'Numbers' },
    migrations: new URL('./', import.meta.url),
    useCases: [
      useCase('numbers.keep', {
        summary: 'Keeps a number.',
        input,
        output: z.object({ id: z.string() }),
        errors: [],
        permission: 'signed-in',
        on: { grpc: true },
        run: () => ({ id: '' }),
      }),
    ],
    permissions: {},
  });
const numbersOf = (input: z.ZodType) =>
  Object.fromEntries(
    protoModel(suiteOf(input)).messages[0]?.fields.map(({ jsonName, number }) => [jsonName, number]) ?? [],
  );

test('the number of a member is written down for good', () => {
  // Clients in the field have these: a change of the rule is a change of every contract.
  expect(['id', 'code', 'lines', 'expectedVersion'].map(fieldNumber)).toEqual([131351, 200370, 168497, 185909]);
});

test('members that are added, taken away or put in another order change no number', () => {
  const text = z.string();
  const before = numbersOf(z.object({ code: text, weight: z.int(), tags: z.array(text).min(1) }));
  const after = numbersOf(z.object({ note: text, tags: z.array(text).min(1), code: text.optional() }));
  expect(after).toMatchObject({ code: before.code, tags: before.tags });
});

test('two members with one number are refused until one is given another by hand', () => {
  const seen = new Map<number, string>();
  let pair: readonly [string, string] | undefined;
  for (let n = 0; pair === undefined; n += 1) {
    const name = `member${n}`;
    const other = seen.get(fieldNumber(name));
    if (other !== undefined) pair = [other, name];
    seen.set(fieldNumber(name), name);
  }
  const [first, second] = pair;
  expect(() => numbersOf(z.object({ [first]: z.string(), [second]: z.string() }))).toThrow(/give one a protoField/);
  const byHand = z.object({ [first]: z.string(), [second]: z.string().meta({ protoField: 15 }) });
  expect(numbersOf(byHand)).toMatchObject({ [second]: 15 });
});

test('the file a generator reads says what the descriptor says', () => {
  const { root } = protobuf.parse(printProto(protoModel(depot)), { keepCase: true });
  for (const desc of suiteDescriptor(depot).file.messages) {
    const type = root.lookupType(desc.typeName);
    expect(type.fieldsArray.map(({ name, id }) => [name, id])).toEqual(
      desc.fields.map(({ name, number }) => [name, number]),
    );
  }
});

const awkward = z.object({
  name: z.string().nullable().optional(),
  tags: z.array(z.string()).optional(),
  titles: z.record(z.string(), z.string()),
  rows: z.array(z.object({ size: z.int().nullable(), parts: z.array(z.int()) })).min(1),
  any: z.json().optional(),
});

test.each([
  [{ titles: { en: 'x' }, rows: [{ size: 9007199254740991, parts: [] }] }],
  [{ name: null, tags: [], titles: {}, rows: [{ size: null, parts: [1, -2] }] }],
  [
    {
      name: '',
      tags: [''],
      titles: { __proto__x: '' },
      rows: [{ size: 0, parts: [0] }],
      any: [null, { a: [1.5, 'x', true] }],
    },
  ],
])('what is null, empty or not there comes through as it was: %j', (input) => {
  const suite = suiteOf(awkward);
  const [method] = suiteDescriptor(suite).service.methods;
  const shape = shapeOf(wireSchema(awkward));
  const desc = method!.input;
  const sent = toBinary(desc, fromJson(desc, toProtoJson(shape, input, 'request')));
  const message = fromBinary(desc, sent);
  expect(fromProtoJson(shape, toJson(desc, message), message, desc)).toEqual(input);
});

test('a field no contract names is a member nobody knows, wherever it is', () => {
  const suite = suiteOf(awkward);
  const desc = suiteDescriptor(suite).service.methods[0]!.input;
  const message = create(desc);
  message.$unknown = [{ no: 77, wireType: 0, data: new Uint8Array([1]) }];
  expect(fromProtoJson(shapeOf(wireSchema(awkward)), toJson(desc, message), message, desc)).toEqual({
    rows: [],
    '#77': true,
  });
});
