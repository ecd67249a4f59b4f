import type { FastifyRequest } from 'fastify';
import type { SmsChannel } from '../application/send-message.ts';
import type { Wishes } from '../application/send-secret.ts';
import { readCodeChallenge } from '../domain/code-challenge.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { redirectTarget } from '../domain/redirect-target.ts';
import { optionalText } from './read-body.ts';
import { queryText } from './visit-of.ts';

/** The members many bodies share: how the flow goes on. */
export const wishMembers: {
  readonly channel: typeof optionalText;
  readonly code_challenge: typeof optionalText;
  readonly code_challenge_method: typeof optionalText;
} = { channel: optionalText, code_challenge: optionalText, code_challenge_method: optionalText };

interface WishBody {
  readonly channel: string;
  readonly code_challenge: string;
  readonly code_challenge_method: string;
}

/** @throws {AshlarError} `identity.validation_failed` */
export function readWishes(request: FastifyRequest, body: WishBody): Wishes {
  return {
    challenge: readCodeChallenge(body.code_challenge, body.code_challenge_method),
    redirectTo: redirectOf(request),
    channel: readChannel(body.channel),
  };
}

/** Where the link of this request is to lead: what it asks for, else the page it comes from, if that is allowed. */
export function redirectOf(request: FastifyRequest, inBody = ''): string {
  const asked = inBody === '' ? queryText(request, 'redirect_to') : inBody;
  return redirectTarget(request.identitySettings, asked === '' ? (request.headers.referer ?? '') : asked);
}

function readChannel(text: string): SmsChannel {
  if (text === '' || text === 'sms') return 'sms';
  if (text === 'whatsapp') return 'whatsapp';
  throw identityErrors.validationFailed({ detail: `Invalid channel, supported values are 'sms' or 'whatsapp'` });
}
