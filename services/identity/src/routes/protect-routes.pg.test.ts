import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from '../identity-fixture.ts';

describe('limits', () => {
  let identity: IdentityFixture;
  beforeAll(async () => {
    // Of 24 an hour two may come at once.
    identity = await createIdentityFixture({ settings: { protection: { signInsPerHour: 24, anonymousPerHour: 0 } } });
  });
  afterAll(() => identity.close());

  test('a network that signs in too often is told how long to wait, and others and administrators are not', async () => {
    const url = '/token?grant_type=password';
    const body = { email: 'nobody@example.org', password: 'secret1' };
    expect((await identity.ask({ url, body })).status).toBe(400);
    expect((await identity.ask({ url, body })).status).toBe(400);
    const refused = await identity.ask({ url, body });
    expect(refused).toMatchObject({
      status: 429,
      body: { error_code: 'over_request_rate_limit', msg: 'Request rate limit reached' },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(100);
    expect((await identity.ask({ url, body, token: identity.serviceToken })).status).toBe(400);
    // Another method has its own count.
    expect((await identity.ask({ url: '/signup', body: { email: 'a@example.org', password: 'secret1' } })).status).toBe(
      200,
    );
    identity.clock.now = new Date(identity.clock.now.getTime() + 200_000);
    expect((await identity.ask({ url, body })).status).toBe(400);
  });

  test('a limit of zero closes a method', async () => {
    expect((await identity.ask({ url: '/signup', body: {} })).status).toBe(429);
  });
});

describe('captcha', () => {
  let identity: IdentityFixture;
  let provider: Server;
  const asked: URLSearchParams[] = [];
  beforeAll(async () => {
    provider = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const form = new URLSearchParams(body);
        asked.push(form);
        const verdict =
          form.get('response') === 'person' && form.get('secret') === 'hush'
            ? { success: true }
            : { success: false, 'error-codes': ['invalid-input-response'] };
        response.end(form.get('response') === 'huge' ? ' '.repeat(100_000) : JSON.stringify(verdict));
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const { port } = provider.address() as AddressInfo;
    const captcha = { provider: 'turnstile', secret: 'hush', verifyUrl: `http://127.0.0.1:${port}/verify` };
    identity = await createIdentityFixture({ settings: { protection: { captcha } } });
  });
  afterAll(async () => {
    await identity.close();
    provider.close();
  });

  const signUp = (token: string | undefined, email: string): ReturnType<IdentityFixture['ask']> =>
    identity.ask({
      url: '/signup',
      body: {
        email,
        password: 'secret1',
        ...(token === undefined ? {} : { gotrue_meta_security: { captcha_token: token } }),
      },
    });

  test('only who solved the puzzle gets in', async () => {
    expect(await signUp(undefined, 'a@example.org')).toMatchObject({
      status: 400,
      body: { error_code: 'captcha_failed', msg: expect.stringContaining('no captcha_token') },
    });
    expect((await signUp('robot', 'a@example.org')).body.msg).toContain('invalid-input-response');
    expect((await signUp('huge', 'a@example.org')).body).toMatchObject({ error_code: 'captcha_failed' });
    expect((await signUp('person', 'a@example.org')).status).toBe(200);
    expect(asked.at(-1)?.get('remoteip')).toBe('203.0.113.7');
  });

  test('a refresh needs no puzzle, and neither do administrators', async () => {
    const { refresh_token: token } = (await signUp('person', 'b@example.org')).body;
    const refreshed = await identity.ask({ url: '/token?grant_type=refresh_token', body: { refresh_token: token } });
    expect(refreshed.status).toBe(200);
    const body = { email: 'c@example.org', password: 'secret1' };
    expect((await identity.ask({ url: '/signup', body, token: identity.serviceToken })).status).toBe(200);
  });

  test('a provider that does not answer lets nobody in', async () => {
    provider.close();
    provider.closeAllConnections();
    expect((await signUp('person', 'd@example.org')).body).toMatchObject({ error_code: 'captcha_failed' });
  });
});
