import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { dataContract } from './data-contract.ts';

function requestTo(url: string): FastifyRequest {
  // The contract reads nothing else of a request.
  return { url } as FastifyRequest;
}

test('a failure of the door is worded for the clients of its path', () => {
  const failure = { kind: 'rate_limited', message: 'Too often', retryAfterSeconds: 3 } as const;
  const graphql = dataContract.fail(failure, requestTo('/graphql/v1'));
  expect(graphql).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
  expect(JSON.parse(graphql.body)).toEqual({ errors: [{ message: 'Too often', extensions: { code: 'PGRST000' } }] });
  const rest = dataContract.fail(failure, requestTo('/rest/v1/graphql'));
  expect(JSON.parse(rest.body)).toEqual({ code: 'PGRST000', message: 'Too often', details: null, hint: null });
});

test('a bad key is refused alike on every path', () => {
  const refusal = { reason: 'key-unknown', message: 'No such key' } as const;
  const { status, body } = dataContract.refuse(refusal, requestTo('/graphql/v1'));
  expect(status).toBe(401);
  expect(JSON.parse(body)).toMatchObject({ code: 'PGRST302' });
});
