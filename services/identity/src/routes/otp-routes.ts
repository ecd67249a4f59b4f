import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { requestOtp } from '../application/request-otp.ts';
import { requestReauthentication } from '../application/request-reauthentication.ts';
import { requestRecovery } from '../application/request-recovery.ts';
import { resend, type ResendType } from '../application/resend.ts';
import type { IdentityParts } from '../application/visit.ts';
import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { readContact, readEmail } from './read-address.ts';
import { optionalMetadata, optionalText, readBody } from './read-body.ts';
import { readWishes, wishMembers } from './read-wishes.ts';
import { bearerOf, visitOf } from './visit-of.ts';

const OtpBody = z.object({
  email: optionalText,
  phone: optionalText,
  create_user: z.boolean().nullish(),
  data: optionalMetadata,
  ...wishMembers,
});
const RecoverBody = z.object({ email: optionalText, ...wishMembers });
const ResendBody = z.object({ type: optionalText, email: optionalText, phone: optionalText, ...wishMembers });

/** Calls that send somebody a code. Each answers an empty object, whoever the address belongs to. */
export function addOtpRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.post('/otp', (request) => otp(parts, request, readBody(request, OtpBody)));
  // The older name of the same for mail.
  app.post('/magiclink', (request) => otp(parts, request, { ...readBody(request, OtpBody), phone: '' }));

  app.post('/recover', async (request) => {
    const body = readBody(request, RecoverBody);
    await requestRecovery(parts, visitOf(request), readEmail(body.email), readWishes(request, body));
    return {};
  });

  app.post('/resend', async (request) => {
    const body = readBody(request, ResendBody);
    const type = readResendType(body.type);
    const contact = readContact(body, 'Only an email address or phone number should be provided.');
    if (contact.kind !== CONTACT_OF[type]) throw mismatch(contact);
    await resend(parts, visitOf(request), type, contact, readWishes(request, body));
    return {};
  });

  app.get('/reauthenticate', async (request) => {
    await requestReauthentication(parts, visitOf(request), bearerOf(request));
    return {};
  });
}

async function otp(
  parts: IdentityParts,
  request: FastifyRequest,
  body: z.output<typeof OtpBody>,
): Promise<Record<string, never>> {
  const contact = readContact(body, 'Only an email address or phone number should be provided');
  const createUser = body.create_user ?? true;
  const wishes = readWishes(request, body);
  await requestOtp(parts, visitOf(request), { contact, createUser, data: body.data ?? {}, wishes });
  return {};
}

const CONTACT_OF: Readonly<Record<ResendType, Contact['kind']>> = {
  signup: 'email',
  email_change: 'email',
  sms: 'phone',
  phone_change: 'phone',
};

function readResendType(text: string): ResendType {
  if (text === 'signup' || text === 'email_change' || text === 'sms' || text === 'phone_change') return text;
  const detail = text === '' ? 'Missing one of these types: signup, email_change, sms, phone_change' : 'Invalid type';
  throw identityErrors.validationFailed({ detail });
}

function mismatch({ kind }: Contact): Error {
  const detail = kind === 'phone' ? 'Type provided requires an email address' : 'Type provided requires a phone number';
  return identityErrors.validationFailed({ detail });
}
