import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FORGET_EVERYBODY, refused } from '../factor-fixture.ts';
import { createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';
import { ORIGIN, passkeyCalls, SITE, type PasskeyCalls } from '../passkey-fixture.ts';
import { SoftwareAuthenticator, type Misuse } from '../software-authenticator.ts';

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

describe('an answer to register is refused', () => {
  const misuses: readonly (readonly [string, Misuse])[] = [
    ['of another origin', { origin: 'https://evil.example' }],
    ['of the same host at another port', { origin: `${ORIGIN}:8443` }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['without the user being verified', { userVerified: false }],
    ['of the other ceremony', { type: 'webauthn.get' }],
  ];
  test.each(misuses)('%s', async (_what, misuse) => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    expect(await calls.register(token, new SoftwareAuthenticator(ORIGIN), misuse)).toMatchObject(
      refused(400, 'webauthn_verification_failed'),
    );
    expect(await identity.project.sql('select from auth.webauthn_credentials')).toHaveLength(0);
  });

  test("to another user's challenge, to one of signing in, late and twice", async () => {
    const ada = await identity.signUp('ada@example.com');
    const bob = await identity.signUp('bob@example.com');
    const verify = (token: string, challengeId: string, credential: object): Promise<Answer> =>
      calls.call('POST', '/passkeys/registration/verify', token, { challenge_id: challengeId, credential });
    const { body: adas } = await calls.call('POST', '/passkeys/registration/options', ada.access_token, {});
    const credential = new SoftwareAuthenticator(ORIGIN).create(adas.options);
    const unknown = refused(400, 'webauthn_challenge_not_found');
    expect(await verify(bob.access_token, adas.challenge_id, credential)).toMatchObject(unknown);
    const open = await calls.options();
    expect(await verify(ada.access_token, open.challenge_id, credential)).toMatchObject(unknown);
    expect((await verify(ada.access_token, adas.challenge_id, credential)).status).toBe(200);
    expect(await verify(ada.access_token, adas.challenge_id, credential)).toMatchObject(unknown);

    const { body: late } = await calls.call('POST', '/passkeys/registration/options', ada.access_token, {});
    calls.passSeconds(300);
    const tooLate = new SoftwareAuthenticator(ORIGIN).create(late.options);
    expect(await verify(ada.access_token, late.challenge_id, tooLate)).toMatchObject(
      refused(400, 'webauthn_challenge_expired'),
    );
  });

  test('with a credential somebody has registered', async () => {
    const { authenticator } = await calls.adaWithPasskey();
    const bob = await identity.signUp('bob@example.com');
    expect(await calls.register(bob.access_token, authenticator)).toMatchObject(
      refused(422, 'webauthn_credential_exists'),
    );
  });

  test('no certificate of its maker is looked at, nor what it points to', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    const { body } = await calls.call('POST', '/passkeys/registration/options', token, {});
    const statement = new Map([['x5c', [new Uint8Array([0x30, 0])]]]);
    const credential = new SoftwareAuthenticator(ORIGIN).create(body.options, {}, { format: 'apple', statement });
    const answer = await calls.call('POST', '/passkeys/registration/verify', token, {
      challenge_id: body.challenge_id,
      credential,
    });
    expect(answer.status).toBe(200);
  });
});

describe('an answer to sign in is refused', () => {
  const misuses: readonly (readonly [string, Misuse])[] = [
    ['of another origin', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['without the user being verified', { userVerified: false }],
    ['of the other ceremony', { type: 'webauthn.create' }],
    ['with a forged signature', { forged: true }],
    ['for another account', { userHandle: Buffer.from(crypto.randomUUID()).toString('base64url') }],
    ['for no account', { userHandle: '' }],
  ];
  test.each(misuses)('%s', async (_what, misuse) => {
    const { authenticator } = await calls.adaWithPasskey();
    expect(await calls.signIn(authenticator, misuse)).toMatchObject(refused(400, 'webauthn_verification_failed'));
    expect((await calls.signIn(authenticator)).status).toBe(200);
  });

  test('by an authenticator nobody knows, like a wrong one', async () => {
    await calls.adaWithPasskey();
    const answer = await calls.signIn(new SoftwareAuthenticator(ORIGIN), { userHandle: 'eA' });
    expect(answer).toMatchObject(refused(400, 'webauthn_verification_failed'));
  });

  test('a second time, late, or to another challenge', async () => {
    const { authenticator } = await calls.adaWithPasskey();
    const first = await calls.options();
    const credential = authenticator.get(first.options);
    expect((await calls.answer(first.challenge_id, credential)).status).toBe(200);
    expect(await calls.answer(first.challenge_id, credential)).toMatchObject(
      refused(400, 'webauthn_challenge_not_found'),
    );
    expect(await calls.answer((await calls.options()).challenge_id, credential)).toMatchObject(
      refused(400, 'webauthn_verification_failed'),
    );
    const late = await calls.options();
    calls.passSeconds(300);
    expect(await calls.answer(late.challenge_id, authenticator.get(late.options))).toMatchObject(
      refused(400, 'webauthn_challenge_expired'),
    );
  });

  test('when the counter shows a copy of the authenticator, and it is noted', async () => {
    const { authenticator, userId } = await calls.adaWithPasskey();
    expect((await calls.signIn(authenticator, { counter: 5 })).status).toBe(200);
    for (const counter of [5, 4, 0]) {
      expect(await calls.signIn(authenticator, { counter })).toMatchObject(
        refused(400, 'webauthn_verification_failed'),
      );
    }
    expect((await calls.signIn(authenticator, { counter: 6 })).status).toBe(200);
    expect(identity.observed).toContainEqual(
      expect.objectContaining({ kind: 'identity.security', event: 'passkey-cloned', subject: userId }),
    );
  });

  test('but one, of twenty at once', async () => {
    const { authenticator } = await calls.adaWithPasskey();
    const body = await calls.options();
    const credential = authenticator.get(body.options);
    const answers = await Promise.all(Array.from({ length: 20 }, () => calls.answer(body.challenge_id, credential)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    // Two challenges answered with one count: a copy was at work beside the authenticator.
    const [one, other] = await Promise.all([
      calls.signIn(authenticator, { counter: 9 }),
      calls.signIn(authenticator, { counter: 9 }),
    ]);
    expect(new Set([one.status, other.status])).toEqual(new Set([200, 400]));
  });

  test.each([
    ['nothing', undefined, 'validation_failed'],
    ['a text', 'x', 'webauthn_verification_failed'],
    ['an empty object', {}, 'webauthn_verification_failed'],
    ['a credential of a megabyte', { id: 'A'.repeat(1_000_000), rawId: 'A' }, 'webauthn_verification_failed'],
  ])('that is %s', async (_what, credential, code) => {
    const body = await calls.options();
    expect(await calls.answer(body.challenge_id, credential)).toMatchObject(refused(400, code));
  });

  test('that holds anything but what it should in each of its members', async () => {
    const { authenticator } = await calls.adaWithPasskey();
    for (const member of ['clientDataJSON', 'authenticatorData', 'signature']) {
      for (const value of ['', 'AA', '!!', 'A'.repeat(20_000), 7, null]) {
        const body = await calls.options();
        const credential: Record<string, unknown> = { ...authenticator.get(body.options) };
        credential['response'] = { ...(credential['response'] as object), [member]: value };
        const answer = await calls.answer(body.challenge_id, credential);
        expect(answer).toMatchObject(refused(400, 'webauthn_verification_failed'));
      }
    }
  });
});
