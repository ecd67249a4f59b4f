import {
  type DoorFailure,
  type Refusal,
  type RenderedError,
  type ServiceContract,
  servicePrefix,
} from '@ashlar/service';
import { renderAsGraphql } from './graphql/render-graphql-failure.ts';
import { RestError } from './rest-error.ts';

/** Where operations of GraphQL come in; everything else is REST. */
export const GRAPHQL_PREFIX: string = servicePrefix('graphql');

const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

/** What the door must know of the data service. */
export const dataContract: ServiceContract = {
  name: 'data',
  publicNames: ['rest', 'graphql'],
  caller: 'verified',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: null,
  refuse: (refusal) => render(refusalError(refusal)),
  fail: (failure, { url }) => {
    const error = failureError(failure);
    return url.startsWith(GRAPHQL_PREFIX) ? renderAsGraphql(error) : render(error);
  },
};

/** An error as PostgREST's clients read it. */
export function render(error: RestError): RenderedError {
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'proxy-status': `PostgREST; error=${error.code}`,
      ...error.headers,
    },
    body: error.body(),
  };
}

function refusalError({ reason, message, role }: Refusal): RestError {
  switch (reason) {
    case 'token-malformed':
    case 'token-unverifiable':
    case 'token-algorithm':
      return unauthorized('PGRST301', message);
    case 'token-expired':
    case 'token-not-yet-valid':
    case 'token-issued-in-future':
    case 'token-claims':
    case 'session-revoked':
    case 'user-banned':
      return unauthorized('PGRST303', message);
    case 'role-unknown':
      return new RestError({
        status: 401,
        code: '22023',
        message: `role "${role ?? ''}" does not exist`,
        headers: { 'www-authenticate': 'Bearer' },
      });
    case 'key-unknown':
    case 'key-missing':
      return new RestError({
        status: 401,
        code: 'PGRST302',
        message,
        headers: { 'www-authenticate': 'Bearer' },
      });
  }
}

function unauthorized(code: string, message: string): RestError {
  const description = message.replaceAll(/["\\]/g, "'");
  return new RestError({
    status: 401,
    code,
    message,
    headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${description}"` },
  });
}

function failureError({ kind, message, retryAfterSeconds }: DoorFailure): RestError {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  const make = (status: number, code: string): RestError => new RestError({ status, code, message, headers });
  switch (kind) {
    case 'malformed':
      return make(400, 'PGRST100');
    case 'too_large':
      return make(413, 'PGRST102');
    case 'rate_limited':
      return make(429, 'PGRST000');
    case 'unavailable':
      return make(503, 'PGRST000');
    case 'timeout':
      return make(504, 'PGRST003');
    case 'not_found':
      return make(404, 'PGRST125');
    case 'method_not_allowed':
      return make(405, 'PGRST117');
    case 'internal':
      return make(500, 'XX000');
  }
}
