import { defineErrors } from '@ashlar/kernel';
import { expect, test } from 'vitest';
import { doorFailureOf, renderPlainFailure } from './door-failure.ts';

const errors = defineErrors('shop', {
  closed: { kind: 'unavailable', title: 'The shop is closed' },
  slow: { kind: 'timeout', title: 'The shop took too long' },
  broken: { kind: 'internal', title: 'Row 7 of table secrets is broken' },
});

test('an error of ours keeps its kind and its words', () => {
  expect(doorFailureOf(errors.closed())).toEqual({
    kind: 'unavailable',
    message: 'The shop is closed',
    retryAfterSeconds: 1,
  });
  expect(doorFailureOf(errors.slow())).toEqual({ kind: 'timeout', message: 'The shop took too long' });
});

test.each([
  errors.broken(),
  new Error('ENOSPC: /var/lib/postgres'),
  Object.assign(new Error('relation "secrets"'), { statusCode: 400 }),
  'a string',
  null,
  undefined,
])('a fault tells the caller nothing of itself', (error) => {
  expect(doorFailureOf(error)).toEqual({ kind: 'internal', message: 'Something went wrong on our side' });
});

test('what Fastify refuses is worded for callers already', () => {
  const error = Object.assign(new Error('Body is not valid JSON'), {
    code: 'FST_ERR_CTP_INVALID_JSON',
    statusCode: 400,
  });
  expect(doorFailureOf(error)).toEqual({ kind: 'malformed', message: 'Body is not valid JSON' });
  expect(doorFailureOf(Object.assign(error, { statusCode: 413 }))).toMatchObject({ kind: 'too_large' });
});

test('a failure on nobody’s path has the members every client of the surface reads', () => {
  const { status, headers, body } = renderPlainFailure({ kind: 'rate_limited', message: 'Wait', retryAfterSeconds: 2 });
  expect(status).toBe(429);
  expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'retry-after': '2' });
  expect(JSON.parse(body)).toEqual({ code: 'rate_limited', message: 'Wait', details: null, hint: null });
});
