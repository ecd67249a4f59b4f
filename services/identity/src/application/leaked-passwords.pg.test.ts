import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
let set: Server;
const asked: string[] = [];
let state: 'fine' | 'broken' | 'endless' = 'fine';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase();

beforeAll(async () => {
  set = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (state === 'broken') response.writeHead(500).end();
    else if (state === 'endless') response.end('0'.repeat(3_000_000));
    else response.end([`${sha1('password1').slice(5)}:4711`, `${sha1('padding1').slice(5)}:0`, 'junk'].join('\r\n'));
  });
  await new Promise<void>((resolve) => set.listen(0, '127.0.0.1', resolve));
  const { port } = set.address() as AddressInfo;
  identity = await createIdentityFixture({
    settings: { password: { leakedRangeUrl: `http://127.0.0.1:${port}/range/` } },
  });
});
afterAll(async () => {
  await identity.close();
  set.close();
});

const signUp = (email: string, password: string): Promise<Answer> =>
  identity.ask({ url: '/signup', body: { email, password } });

test('a password known from leaks is refused, and only five digits of its hash were told', async () => {
  expect(await signUp('a@example.org', 'password1')).toMatchObject({
    status: 422,
    body: { error_code: 'weak_password', weak_password: { reasons: ['pwned'] } },
  });
  expect(asked).toEqual([`/range/${sha1('password1').slice(0, 5)}`]);
  expect((await signUp('a@example.org', 'padding1')).status).toBe(200);
});

test('who already has such a password is told when signing in', async () => {
  const body = { email: 'b@example.org', email_confirm: true, password_hash: await hashOf('password1') };
  expect((await identity.ask({ url: '/admin/users', body, token: identity.serviceToken })).status).toBe(200);
  const signedIn = await identity.ask({
    url: '/token?grant_type=password',
    body: { email: 'b@example.org', password: 'password1' },
  });
  expect(signedIn).toMatchObject({ status: 200, body: { weak_password: { reasons: ['pwned'] } } });
});

test.each(['broken', 'endless'] as const)('a set that is %s keeps nobody out, and is reported', async (next) => {
  state = next;
  expect((await signUp(`${next}@example.org`, `another password, ${next}`)).status).toBe(200);
  expect(identity.observed).toContainEqual(expect.objectContaining({ event: 'leaked-passwords-unavailable' }));
});

async function hashOf(password: string): Promise<string> {
  const { hash } = await import('@node-rs/bcrypt');
  return hash(password, 4);
}
