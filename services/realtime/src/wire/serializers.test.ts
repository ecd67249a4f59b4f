import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arraySerializer } from './array-serializer.ts';
import type { Delivery } from './frame.ts';
import { objectSerializer } from './object-serializer.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const push = (lengths: readonly number[], encoding: number, rest: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from([3, ...lengths, encoding]), Buffer.from(rest)]);

describe('version 2.0.0', () => {
  test('a text frame is an array of five', () => {
    const frame = arraySerializer.decode(Buffer.from('["1","2","realtime:room","phx_join",{"a":1}]'), false);
    expect(frame).toEqual({
      joinRef: '1',
      ref: '2',
      topic: 'realtime:room',
      event: 'phx_join',
      payload: { a: 1 },
      broadcast: null,
    });
  });

  test('a broadcast of a client comes as bytes with five lengths', () => {
    const bytes = push([1, 1, 13, 4, 0], 1, '13realtime:roomping{"x":1}');
    expect(arraySerializer.decode(bytes, true)).toMatchObject({
      joinRef: '1',
      ref: '3',
      topic: 'realtime:room',
      event: 'broadcast',
      broadcast: { event: 'ping', payload: { kind: 'json', json: '{"x":1}' } },
    });
    const raw = push([0, 0, 13, 4, 0], 0, Buffer.concat([Buffer.from('realtime:roomping'), hex('00ff80')]));
    expect(arraySerializer.decode(raw, true)?.broadcast?.payload).toEqual({ kind: 'binary', bytes: hex('00ff80') });
  });

  test('bytes are delivered with three lengths', () => {
    const delivery: Delivery = {
      topic: 'realtime:é',
      event: 'e',
      payload: { kind: 'binary', bytes: hex('00ff') },
      meta: '{"id":1}',
    };
    const wanted = Buffer.concat([hex('04 0b 01 08 00'), Buffer.from('realtime:ée{"id":1}'), hex('00ff')]);
    expect(arraySerializer.encodeDelivery(delivery)).toEqual(wanted);
    expect(objectSerializer.encodeDelivery(delivery)).toBeNull();
    expect(arraySerializer.encodeDelivery({ ...delivery, event: 'é'.repeat(128) })).toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['an unknown kind', '09 00'],
    ['a reply of a server', '01 00 00 00 00'],
    ['a length beyond the end', '03 01 01 ff 00 00 01 31 31'],
    ['a head cut short', '03 01 01'],
    ['an unknown encoding', '03 00 00 01 01 00 02 74 65'],
    ['a topic that is no UTF-8', '03 00 00 01 01 00 00 ff 65'],
    ['a payload that is no JSON', '03 00 00 01 01 00 01 74 65 7b'],
    ['a JSON payload that is no UTF-8', '03 00 00 01 01 00 01 74 65 22 ff 22'],
  ])('bytes with %s are refused', (_name, bytes) => {
    expect(arraySerializer.decode(hex(bytes), true)).toBeNull();
  });

  test.each([
    '',
    '{}',
    'null',
    '[1,2,3,4]',
    '["1","2",3,"e",{}]',
    '["1",{},"t","e",{}]',
    '["1","2","t","e",{},6]',
    '[,',
  ])('the text %j is refused', (text) => {
    expect(arraySerializer.decode(Buffer.from(text), false)).toBeNull();
  });
});

test('version 1.0.0 knows objects, and join_ref may be missing', () => {
  const text = '{"topic":"phoenix","event":"heartbeat","payload":{},"ref":7}';
  expect(objectSerializer.decode(Buffer.from(text), false)).toMatchObject({
    joinRef: null,
    ref: '7',
    topic: 'phoenix',
  });
  expect(objectSerializer.decode(Buffer.from('["1","2","t","e",{}]'), false)).toBeNull();
  expect(objectSerializer.decode(Buffer.from(text), true)).toBeNull();
});

test('what one side encodes the other decodes, in both versions', () => {
  const names = fc.string({ unit: 'binary', maxLength: 40 });
  const payloads = fc.dictionary(names, fc.jsonValue());
  fc.assert(
    fc.property(names, names, payloads, (topic, event, payload) => {
      const frame = { joinRef: '1', ref: null, topic, event, payload: JSON.stringify(payload) };
      const wanted = { joinRef: '1', ref: null, topic, event, payload: JSON.parse(frame.payload), broadcast: null };
      for (const serializer of [arraySerializer, objectSerializer]) {
        // A lone half of a surrogate pair has no bytes of its own.
        if (!topic.isWellFormed() || !event.isWellFormed() || !frame.payload.isWellFormed()) continue;
        expect(serializer.decode(Buffer.from(serializer.encode(frame)), false)).toEqual(wanted);
      }
    }),
  );
});

test('no bytes make a decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.nat(4), (bytes, isBinary, kind) => {
      const data = Buffer.from(bytes);
      if (isBinary && data.length > 0) data[0] = kind;
      arraySerializer.decode(data, isBinary);
      objectSerializer.decode(data, isBinary);
    }),
    { numRuns: 1000 },
  );
});
