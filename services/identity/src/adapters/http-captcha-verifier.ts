import type { Outbound } from '@ashlar/outbound';
import { z } from 'zod';
import type { CaptchaVerifier } from '../application/captcha.ts';

const VERIFY_URLS = {
  hcaptcha: 'https://hcaptcha.com/siteverify',
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
} as const;

const TIMEOUT_MS = 5000;
const MAX_ANSWER_BYTES = 16_384;

const Verdict = z.object({
  success: z.boolean(),
  'error-codes': z.array(z.string()).default([]),
});

/**
 * The verification both providers document: a form with secret, response and remoteip. A provider that does not
 * answer lets nobody in: the puzzle is there because the door is under attack.
 */
export function createHttpCaptchaVerifier(outbound: Outbound): CaptchaVerifier {
  return {
    async verify({ provider, secret, verifyUrl }, answer, address) {
      try {
        const { body } = await outbound.request({
          url: verifyUrl ?? VERIFY_URLS[provider],
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ secret, response: answer, remoteip: address }).toString(),
          maxBytes: MAX_ANSWER_BYTES,
          timeoutMs: TIMEOUT_MS,
        });
        const verdict = Verdict.parse(JSON.parse(Buffer.from(body).toString('utf8')));
        return verdict.success ? null : verdict['error-codes'].join(', ') || 'the answer was refused';
      } catch (error) {
        return `the provider could not be asked: ${error instanceof Error ? error.message : 'unknown failure'}`;
      }
    },
  };
}
