import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FORGET_EVERYBODY, refused } from '../factor-fixture.ts';
import { API_VERSION, createIdentityFixture, type IdentityFixture } from '../identity-fixture.ts';
import { ORIGIN, passkeyCalls, SITE, type PasskeyCalls } from '../passkey-fixture.ts';
import { SoftwareAuthenticator } from '../software-authenticator.ts';

let identity: IdentityFixture;
let calls: PasskeyCalls;
beforeAll(async () => {
  identity = await createIdentityFixture(SITE);
  calls = passkeyCalls(identity);
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql(FORGET_EVERYBODY);
});

describe('a passkey', () => {
  test('is asked for in the form browsers and clients read', async () => {
    const { access_token: token, user } = await identity.signUp('ada@example.com');
    const creation = await calls.call('POST', '/passkeys/registration/options', token, {});
    expect(creation.body).toMatchObject({
      challenge_id: expect.any(String) as string,
      expires_at: Math.floor(identity.clock.now.getTime() / 1000) + 300,
      options: {
        rp: { id: 'shop.example.com', name: 'shop.example.com' },
        user: { id: Buffer.from(user.id).toString('base64url'), name: 'ada@example.com' },
        attestation: 'none',
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      },
    });
    const assertion = await calls.call('POST', '/passkeys/authentication/options', undefined, {});
    expect(assertion.body.options).toMatchObject({ rpId: 'shop.example.com', userVerification: 'required' });
    expect(assertion.body.options.allowCredentials ?? []).toEqual([]);
  });

  test('opens a session of its owner', async () => {
    const { authenticator, userId } = await calls.adaWithPasskey();
    const { status, body } = await calls.signIn(authenticator);
    expect(status).toBe(200);
    expect(body.user.id).toBe(userId);
    expect(decodeJwt(body.access_token)).toMatchObject({ sub: userId, aal: 'aal1' });
    expect(decodeJwt(body.access_token)['amr']).toMatchObject([{ method: 'passkey' }]);
    expect((await calls.call('GET', '/user', body.access_token)).status).toBe(200);
  });

  test('is listed, renamed and removed by its owner alone', async () => {
    const { token, passkeyId, authenticator } = await calls.adaWithPasskey();
    const bob = await identity.signUp('bob@example.com');
    await calls.signIn(authenticator);
    expect((await calls.call('GET', '/passkeys', token)).body).toEqual([
      {
        id: passkeyId,
        friendly_name: 'Passkey',
        created_at: identity.clock.now.toISOString(),
        last_used_at: identity.clock.now.toISOString(),
      },
    ]);
    expect((await calls.call('GET', '/passkeys', bob.access_token)).body).toEqual([]);
    const url = `/passkeys/${passkeyId}`;
    for (const method of ['PATCH', 'DELETE'] as const) {
      expect(await calls.call(method, url, bob.access_token, { friendly_name: 'mine' })).toMatchObject(
        refused(404, 'webauthn_credential_not_found'),
      );
    }
    expect(await calls.call('PATCH', url, token, { friendly_name: 'laptop' })).toMatchObject({
      status: 200,
      body: { id: passkeyId, friendly_name: 'laptop' },
    });
    for (const friendly_name of ['', 'x'.repeat(121)]) {
      expect(await calls.call('PATCH', url, token, { friendly_name })).toMatchObject(refused(400, 'validation_failed'));
    }
    expect(await calls.call('DELETE', url, token)).toMatchObject({ status: 204, body: null });
    expect(await calls.signIn(authenticator)).toMatchObject(refused(400, 'webauthn_verification_failed'));
    const mails = await identity.project.sql(`select message #>> '{data,facts,factorType}' as what from auth.outbox`);
    expect(mails).toEqual([{ what: 'passkey' }, { what: 'passkey' }]);
  });

  test('is listed and removed by an administrator', async () => {
    const { userId, passkeyId, token } = await calls.adaWithPasskey();
    const url = `/admin/users/${userId}/passkeys`;
    expect(await calls.call('GET', url, token)).toMatchObject(refused(403, 'not_admin'));
    expect((await calls.call('GET', url, identity.serviceToken)).body).toMatchObject([{ id: passkeyId }]);
    expect(await calls.call('DELETE', `${url}/${passkeyId}`, identity.serviceToken)).toMatchObject({ status: 204 });
    expect(await calls.call('DELETE', `${url}/${passkeyId}`, identity.serviceToken)).toMatchObject(
      refused(404, 'webauthn_credential_not_found'),
    );
  });

  test('of a user with a second factor is added and removed at the second level only', async () => {
    const { token, userId, passkeyId } = await calls.adaWithPasskey();
    await identity.project.sql(
      `insert into auth.mfa_factors (id, user_id, factor_type, status) values (gen_random_uuid(), $1, 'totp', 'verified')`,
      [userId],
    );
    expect(await calls.call('POST', '/passkeys/registration/options', token, {})).toMatchObject(
      refused(403, 'insufficient_aal'),
    );
    expect(await calls.call('DELETE', `/passkeys/${passkeyId}`, token)).toMatchObject(refused(403, 'insufficient_aal'));
  });

  test('is one of ten', async () => {
    const { token } = await calls.adaWithPasskey();
    for (let count = 1; count < 10; count += 1) {
      expect((await calls.register(token, new SoftwareAuthenticator(ORIGIN))).status).toBe(200);
    }
    expect(await calls.call('POST', '/passkeys/registration/options', token, {})).toMatchObject(
      refused(422, 'too_many_passkeys'),
    );
  });

  test('does nothing for an account that is banned or not confirmed', async () => {
    const { authenticator } = await calls.adaWithPasskey();
    await identity.project.sql(`update auth.users set banned_until = '2999-01-01'`);
    expect(await calls.signIn(authenticator)).toMatchObject(refused(403, 'user_banned'));
    await identity.project.sql('update auth.users set banned_until = null, email_confirmed_at = null');
    expect(await calls.signIn(authenticator)).toMatchObject(refused(403, 'email_not_confirmed'));
  });
});

describe('without the setting', () => {
  test('every endpoint says that passkeys are disabled', async () => {
    await using other = await createIdentityFixture();
    const { access_token: token } = await other.signUp('ada@example.com');
    const endpoints = [
      { method: 'POST', url: '/passkeys/registration/options', token },
      { method: 'POST', url: '/passkeys/authentication/options' },
      { method: 'GET', url: '/passkeys', token },
    ] as const;
    for (const each of endpoints) {
      expect(await other.ask({ ...each, headers: API_VERSION })).toMatchObject(refused(404, 'passkey_disabled'));
    }
    const settings = await other.ask({ method: 'GET', url: '/settings' });
    expect(settings.body.passkeys_enabled).toBe(false);
    expect((await calls.call('GET', '/settings')).body.passkeys_enabled).toBe(true);
  });
});
