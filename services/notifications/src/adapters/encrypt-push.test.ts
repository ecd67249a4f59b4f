import { expect, test } from 'vitest';
import { encryptPush, MAX_PUSH_BYTES } from './encrypt-push.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
const KEYS = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

test('the example of RFC 8291 comes out byte for byte', () => {
  const encrypted = encryptPush(Buffer.from('When I grow up, I want to be a watermelon'), KEYS, {
    salt: bytes('DGv6ra1nlYgDCS1FRnbzlw'),
    privateKey: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
  });
  expect(encrypted.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('no two are alike, and none is longer than a push service takes', () => {
  const message = Buffer.alloc(MAX_PUSH_BYTES, 'x');
  const [first, second] = [encryptPush(message, KEYS), encryptPush(message, KEYS)];
  expect(first.equals(second)).toBe(false);
  expect(first.length).toBeLessThanOrEqual(4_096);
  expect(() => encryptPush(Buffer.alloc(MAX_PUSH_BYTES + 1), KEYS)).toThrow(RangeError);
});

test('a key that is no point of the curve is refused', () => {
  const p256dh = Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]).toString('base64url');
  expect(() => encryptPush(Buffer.from('x'), { ...KEYS, p256dh })).toThrow();
});
