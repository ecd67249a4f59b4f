import { expect } from 'vitest';
import { API_VERSION, type Answer, type Ask, type FixtureOptions, type IdentityFixture } from './identity-fixture.ts';
import { SoftwareAuthenticator, type Misuse } from './software-authenticator.ts';

/** Where the site of these tests is; the relying party is its host. */
export const ORIGIN = 'https://shop.example.com';

export const SITE: FixtureOptions = { auth: { siteUrl: `${ORIGIN}/app` }, settings: { passkeys: { enabled: true } } };

export interface PasskeyOwner {
  readonly token: string;
  readonly userId: string;
  readonly passkeyId: string;
  readonly authenticator: SoftwareAuthenticator;
}

/** What tests of passkeys do again and again. */
export interface PasskeyCalls {
  call(method: NonNullable<Ask['method']>, url: string, token?: string, body?: object): Promise<Answer>;
  register(token: string, authenticator: SoftwareAuthenticator, misuse?: Misuse): Promise<Answer>;
  /** Asks for a challenge to sign in with; the answer's body. */
  options(): Promise<Answer['body']>;
  answer(challengeId: string, credential: unknown): Promise<Answer>;
  signIn(authenticator: SoftwareAuthenticator, misuse?: Misuse): Promise<Answer>;
  adaWithPasskey(): Promise<PasskeyOwner>;
  passSeconds(seconds: number): void;
}

export function passkeyCalls(identity: IdentityFixture): PasskeyCalls {
  const calls: PasskeyCalls = {
    call: (method, url, token, body) =>
      identity.ask({
        method,
        url,
        headers: API_VERSION,
        ...(token === undefined ? {} : { token }),
        ...(body === undefined ? {} : { body }),
      }),
    async register(token, authenticator, misuse) {
      const { body } = await calls.call('POST', '/passkeys/registration/options', token, {});
      const credential = authenticator.create(body.options, misuse);
      const verification = { challenge_id: body.challenge_id, credential };
      return calls.call('POST', '/passkeys/registration/verify', token, verification);
    },
    async options() {
      return (await calls.call('POST', '/passkeys/authentication/options', undefined, {})).body;
    },
    answer: (challengeId, credential) =>
      calls.call('POST', '/passkeys/authentication/verify', undefined, { challenge_id: challengeId, credential }),
    async signIn(authenticator, misuse) {
      const { challenge_id: challengeId, options } = await calls.options();
      return calls.answer(challengeId, authenticator.get(options, misuse));
    },
    async adaWithPasskey() {
      const { access_token: token, user } = await identity.signUp('ada@example.com');
      const authenticator = new SoftwareAuthenticator(ORIGIN);
      const { status, body } = await calls.register(token, authenticator);
      expect(status).toBe(200);
      return { token, userId: user.id, authenticator, passkeyId: body.id };
    },
    passSeconds(seconds) {
      identity.clock.now = new Date(identity.clock.now.getTime() + seconds * 1000);
    },
  };
  return calls;
}
