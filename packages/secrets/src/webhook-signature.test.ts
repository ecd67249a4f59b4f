import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { newWebhookSecret, webhookSignature } from './webhook-signature.ts';

const BODY = '{"an": "event"}';

test('the reference library accepts what either of two secrets signs, and nothing changed since', () => {
  const [older, newer] = [newWebhookSecret(), newWebhookSecret()];
  const headers = webhookSignature([newer, `v1,${older}`], 'msg_1', new Date(), BODY);
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  for (const secret of [older, newer]) expect(new Webhook(secret).verify(BODY, headers)).toEqual({ an: 'event' });
  expect(() => new Webhook(newWebhookSecret()).verify(BODY, headers)).toThrow('No matching signature');
  expect(() => new Webhook(newer).verify(`${BODY} `, headers)).toThrow('No matching signature');
  expect(() => new Webhook(newer).verify(BODY, { ...headers, 'webhook-id': 'msg_2' })).toThrow('No matching signature');
});

test('a secret of another form signs nothing', () => {
  expect(webhookSignature(['plain', ''], 'msg_1', new Date(0), BODY)).toEqual({
    'webhook-id': 'msg_1',
    'webhook-timestamp': '0',
  });
});
