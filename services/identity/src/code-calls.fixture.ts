import { API_VERSION, type Answer, type IdentityFixture } from './identity-fixture.ts';

/** How a code or link is refused that was never sent, was used or is too old: the three look alike. */
export const EXPIRED = { status: 403, body: { code: 'otp_expired', message: 'Token has expired or is invalid' } };

/** What tests of codes and links do again and again. */
export interface CodeCalls {
  post(url: string, body: object): Promise<Answer>;
  verify(body: object): Promise<Answer>;
  /** An account whose address counts as its owner's. */
  confirmed(email: string, password?: string): Promise<Answer['body']>;
  later(seconds: number): void;
}

/** The fixture comes late, because tests make it in `beforeAll`. */
export function codeCalls(identity: () => IdentityFixture): CodeCalls {
  const calls: CodeCalls = {
    post: (url, body) => identity().ask({ url, body, headers: API_VERSION }),
    verify: (body) => calls.post('/verify', body),
    async confirmed(email, password = 'secret1') {
      const body = { email, password, email_confirm: true };
      return (await identity().ask({ url: '/admin/users', token: identity().serviceToken, body })).body;
    },
    later(seconds) {
      const { clock } = identity();
      clock.now = new Date(clock.now.getTime() + seconds * 1000);
    },
  };
  return calls;
}
