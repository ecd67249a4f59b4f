import { AshlarError } from '@ashlar/kernel';
import { expect, test } from 'vitest';
import { identityErrors } from '../domain/identity-errors.ts';
import { renderDoorFailure, renderError } from './wire-errors.ts';

test.each([
  ['2024-01-01', true],
  ['2026-11-21', true],
  ['2023-12-31', false],
  ['tomorrow', false],
  [undefined, false],
])('the version %s decides the shape', (version, newer) => {
  const { status, headers, body } = renderError(identityErrors.invalidCredentials(), version, 'id');
  expect(status).toBe(400);
  expect(headers['x-sb-error-code']).toBe('invalid_credentials');
  expect(headers['x-supabase-api-version']).toBe(newer ? '2024-01-01' : undefined);
  expect(JSON.parse(body)).toEqual(
    newer
      ? { code: 'invalid_credentials', message: 'Invalid login credentials' }
      : { code: 400, error_code: 'invalid_credentials', msg: 'Invalid login credentials' },
  );
});

test.each([
  ['userBanned', 403, 'user_banned'],
  ['signInBanned', 400, 'user_banned'],
  ['subjectNotFound', 403, 'user_not_found'],
  ['userNotFound', 404, 'user_not_found'],
  ['sessionNotFound', 403, 'session_not_found'],
  ['refreshSessionNotFound', 400, 'session_not_found'],
  ['emailSignupsDisabled', 400, 'email_provider_disabled'],
  ['emailLoginsDisabled', 422, 'email_provider_disabled'],
  ['phoneProviderDisabled', 400, 'phone_provider_disabled'],
  ['insufficientAal', 401, 'insufficient_aal'],
  ['overRequestRateLimit', 429, 'over_request_rate_limit'],
  ['requestTimeout', 504, 'request_timeout'],
  ['databaseError', 500, 'unexpected_failure'],
] as const)('%s is answered with %i and %s', (name, status, code) => {
  const rendered = renderError(identityErrors[name](), '2024-01-01', 'id');
  expect(rendered.status).toBe(status);
  expect(JSON.parse(rendered.body)).toMatchObject({ code });
});

test('what is no error of ours shows nothing but where to look for it', () => {
  const secret = new Error('password authentication failed for user "postgres"');
  const { status, body } = renderError(secret, undefined, 'request-1');
  expect(status).toBe(500);
  expect(JSON.parse(body)).toEqual({
    code: 500,
    error_code: 'unexpected_failure',
    msg: 'Unexpected failure, please check server logs for more information',
    error_id: 'request-1',
  });
});

test('a database that is away is worth another try', () => {
  const away = new AshlarError({ code: 'postgres.unavailable', kind: 'unavailable', message: 'The database is away' });
  const { status, headers } = renderError(away, '2024-01-01', 'id');
  expect(status).toBe(503);
  expect(headers['retry-after']).toBe('1');
});

test('the door’s rate limit has this service’s code', () => {
  const limited = renderDoorFailure({ kind: 'rate_limited', message: 'slow down', retryAfterSeconds: 7 }, '2024-01-01');
  expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
  expect(JSON.parse(limited.body)).toEqual({ code: 'over_request_rate_limit', message: 'Request rate limit reached' });
});
