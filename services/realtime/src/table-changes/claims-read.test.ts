import { expect, test } from 'vitest';
import { claimsKey, claimsRead } from './claims-read.ts';

// As PostgreSQL writes the expressions of policies.
test.each<[string, readonly string[], readonly string[] | null]>([
  ['true', [], []],
  ['(owner = auth.uid())', ['auth.uid'], ['sub']],
  ['(owner = ( SELECT auth.uid() AS uid))', ['auth.uid'], ['sub']],
  ["auth.has_permission('x'::text)", ['auth.has_permission'], ['role', 'sub', 'org']],
  [`(tenant = ((auth.jwt() -> 'app_metadata'::text) ->> 'tenant'::text))`, ['auth.jwt'], ['app_metadata']],
  [`(tenant = (( SELECT auth.jwt() AS jwt) ->> 'it''s'::text))`, ['auth.jwt'], [`it's`]],
  [`(auth.jwt() @> '{"a": 1}'::jsonb)`, ['auth.jwt'], null],
  [`(o = ((current_setting('request.jwt.claims'::text, true))::jsonb ->> 'sub'::text))`, [], ['sub']],
  [`(o = ((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> 'sub'::text))`, [], ['sub']],
  [`(o = ((lower(current_setting('request.jwt.claims'::text, true)))::jsonb ->> 'sub'::text))`, [], null],
  [`(current_setting('request.jwt.claims'::text, true) ~~ '%x%'::text)`, [], null],
  [`(o = current_setting('request.jwt.claim.email'::text, true))`, [], ['email']],
  [`(o = current_setting('app.tenant'::text, true))`, [], []],
  [`(o = current_setting((prefix || 'claims'::text), true))`, [], null],
  [`(o = current_setting('Request.JWT.Claims'::text, true))`, [], null],
  ['public.allowed(id)', ['public.allowed'], null],
])('the claims that %s reads', (expression, functions, wanted) => {
  const read = claimsRead({ expressions: [expression], functions, isOpaque: false });
  expect(read && [...read]).toEqual(wanted);
});

test('what cannot be looked into counts as reading everything', () => {
  expect(claimsRead({ expressions: ['true'], functions: [], isOpaque: true })).toBeNull();
});

test('two tokens of a person are alike, other claims tell them apart only where they are read', () => {
  const [first, second] = [
    { sub: 'a', exp: 1, session_id: 's', tenant: 't' },
    { tenant: 't', sub: 'a', exp: 2, session_id: 'r' },
  ];
  expect(claimsKey(first, null)).toBe(claimsKey(second, null));
  expect(claimsKey(first, null)).not.toBe(claimsKey({ ...second, tenant: 'u' }, null));
  expect(claimsKey(first, new Set(['sub']))).toBe(claimsKey({ ...second, tenant: 'u' }, new Set(['sub'])));
  expect(claimsKey(first, new Set(['session_id']))).not.toBe(claimsKey(second, new Set(['session_id'])));
});
