import { expect } from 'vitest';
import { decodeBase32 } from './domain/base32.ts';
import { totpCode, totpStep } from './domain/totp.ts';
import { API_VERSION, type Answer, type IdentityFixture } from './identity-fixture.ts';

export interface TotpFactor {
  readonly id: string;
  readonly secret: string;
}

/** Ada with a verified TOTP factor; `token` is of the second level. */
export interface Proven extends TotpFactor {
  readonly token: string;
  readonly userId: string;
}

/** What tests of second factors do again and again. */
export interface FactorCalls {
  ask(token: string, url: string, body?: object, address?: string): Promise<Answer>;
  remove(token: string, url: string): Promise<Answer>;
  getUser(token: string): Promise<Answer>;
  passSeconds(seconds: number): void;
  /** What the authenticator app shows so many steps away from now. */
  codeOf(secret: string, stepsAway?: number): string;
  enrolTotp(token: string, name?: string): Promise<TotpFactor>;
  challenge(token: string, id: string, address?: string): Promise<string>;
  /** Challenges and verifies. */
  verify(token: string, id: string, code: string): Promise<Answer>;
  /** Ada's token of a new session of the first level. */
  signIn(): Promise<string>;
  adaWithTotp(): Promise<Proven>;
}

export function factorCalls(identity: IdentityFixture): FactorCalls {
  const calls: FactorCalls = {
    ask: (token, url, body, address) =>
      identity.ask({
        url,
        token,
        headers: API_VERSION,
        ...(body === undefined ? {} : { body }),
        ...(address === undefined ? {} : { address }),
      }),
    remove: (token, url) => identity.ask({ method: 'DELETE', url, token, headers: API_VERSION }),
    getUser: (token) => identity.ask({ method: 'GET', url: '/user', token }),
    passSeconds(seconds) {
      identity.clock.now = new Date(identity.clock.now.getTime() + seconds * 1000);
    },
    codeOf: (secret, stepsAway = 0) =>
      totpCode(decodeBase32(secret) ?? Buffer.alloc(0), totpStep(identity.clock.now) + stepsAway),
    async enrolTotp(token, name = 'phone app') {
      const { status, body } = await calls.ask(token, '/factors', { factor_type: 'totp', friendly_name: name });
      expect(status).toBe(200);
      return { id: body.id, secret: body.totp.secret };
    },
    async challenge(token, id, address) {
      const { status, body } = await calls.ask(token, `/factors/${id}/challenge`, undefined, address);
      expect(status).toBe(200);
      return body.id;
    },
    async verify(token, id, code) {
      return calls.ask(token, `/factors/${id}/verify`, { challenge_id: await calls.challenge(token, id), code });
    },
    async signIn() {
      const body = { email: 'ada@example.com', password: 'secret1' };
      return (await identity.ask({ url: '/token?grant_type=password', body })).body.access_token;
    },
    async adaWithTotp() {
      const { access_token: token, user } = await identity.signUp('ada@example.com');
      const factor = await calls.enrolTotp(token);
      const { status, body } = await calls.verify(token, factor.id, calls.codeOf(factor.secret));
      expect(status).toBe(200);
      calls.passSeconds(90);
      return { ...factor, token: body.access_token, userId: user.id };
    },
  };
  return calls;
}

/** The answer a refusal makes, in the newer shape of errors. */
export function refused(status: number, code: string, message?: string): object {
  return { status, body: { code, ...(message === undefined ? {} : { message }) } };
}

/** Lets every test begin with nobody. */
export const FORGET_EVERYBODY =
  'delete from auth.users; delete from auth.outbox; delete from auth.audit_log_entries; delete from auth.refresh_tokens; delete from auth.webauthn_challenges';
