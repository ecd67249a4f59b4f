import { decodeJwt } from 'jose';
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

const challenge = async (token: string, id: string): Promise<Answer['body']> =>
  (await calls.call('POST', `/factors/${id}/challenge`, token, { webauthn: { rpId: 'evil.example' } })).body;
const verify = (token: string, id: string, challengeId: string, type: string, response: object): Promise<Answer> =>
  calls.call('POST', `/factors/${id}/verify`, token, {
    challenge_id: challengeId,
    webauthn: { type, rpId: 'evil.example', rpOrigins: ['https://evil.example'], credential_response: response },
  });

interface WebAuthnFactor {
  readonly token: string;
  readonly id: string;
  readonly authenticator: SoftwareAuthenticator;
}

async function adaWithFactor(): Promise<WebAuthnFactor> {
  const { access_token: token } = await identity.signUp('ada@example.com');
  const { body: factor } = await calls.call('POST', '/factors', token, {
    factor_type: 'webauthn',
    friendly_name: 'key',
  });
  const { id, type, webauthn } = await challenge(token, factor.id);
  expect({ type, ceremony: webauthn.type }).toEqual({ type: 'webauthn', ceremony: 'create' });
  const authenticator = new SoftwareAuthenticator(ORIGIN);
  calls.passSeconds(1);
  const created = authenticator.create(webauthn.credential_options.publicKey);
  const { status, body } = await verify(token, factor.id, id, 'create', created);
  expect(status).toBe(200);
  expect(decodeJwt(body.access_token)['amr']).toMatchObject([{ method: 'mfa/webauthn' }, { method: 'password' }]);
  return { token: body.access_token, id: factor.id, authenticator };
}

async function answer({ token, id, authenticator }: WebAuthnFactor, misuse?: Misuse): Promise<Answer> {
  const { id: challengeId, webauthn } = await challenge(token, id);
  const response = authenticator.get(webauthn.credential_options.publicKey, misuse);
  return verify(token, id, challengeId, 'request', response);
}

describe('a WebAuthn factor', () => {
  test('is verified by making a key, and then proves sessions with it', async () => {
    const factor = await adaWithFactor();
    const { body } = await identity.ask({
      url: '/token?grant_type=password',
      body: { email: 'ada@example.com', password: 'secret1' },
    });
    const proven = await answer({ ...factor, token: body.access_token });
    expect(proven.status).toBe(200);
    expect(decodeJwt(proven.body.access_token)).toMatchObject({ aal: 'aal2' });
  });

  test.each([
    ['of another origin', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['with a forged signature', { forged: true }],
    ['of a copied authenticator', { counter: 1 }],
  ])('refuses an answer %s', async (_what, misuse) => {
    const factor = await adaWithFactor();
    expect((await answer(factor)).status).toBe(200);
    expect(await answer(factor, misuse)).toMatchObject(refused(422, 'mfa_verification_failed'));
  });

  test('refuses an answer given before, and counts one of twenty at once', async () => {
    const { token, id, authenticator } = await adaWithFactor();
    const { id: challengeId, webauthn } = await challenge(token, id);
    const response = authenticator.get(webauthn.credential_options.publicKey);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => verify(token, id, challengeId, 'request', response)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const another = await challenge(token, id);
    expect(await verify(token, id, another.id, 'request', response)).toMatchObject(
      refused(422, 'mfa_verification_failed'),
    );
  });

  test('does not take a new key in place of the known one, nor a code', async () => {
    const { token, id } = await adaWithFactor();
    const { id: challengeId, webauthn } = await challenge(token, id);
    const { challenge: text, rpId } = webauthn.credential_options.publicKey;
    const forged = new SoftwareAuthenticator(ORIGIN).create({ challenge: text, rp: { id: rpId }, user: { id: 'eA' } });
    expect(await verify(token, id, challengeId, 'create', forged)).toMatchObject(refused(400, 'validation_failed'));
    const body = { challenge_id: (await challenge(token, id)).id, code: '123456' };
    expect(await calls.call('POST', `/factors/${id}/verify`, token, body)).toMatchObject(
      refused(400, 'validation_failed'),
    );
  });

  test('with a key we cannot read is of no use, to its owner and to a stranger', async () => {
    const { token, id } = await adaWithFactor();
    await identity.project.sql(`update auth.mfa_factors set web_authn_credential = '{"ID": "elsewhere"}'`);
    expect(await calls.call('POST', `/factors/${id}/challenge`, token)).toMatchObject(
      refused(422, 'mfa_verification_failed'),
    );
  });
});
