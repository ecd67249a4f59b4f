import { renderSVG } from 'uqr';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { challengeFactor, type OpenedChallenge } from '../application/challenge-factor.ts';
import type { FactorAnswer } from '../application/check-factor-answer.ts';
import { enrolFactor, type EnrolledFactor, type FactorToEnrol } from '../application/enrol-factor.ts';
import { unenrolFactor } from '../application/unenrol-factor.ts';
import { verifyFactor } from '../application/verify-factor.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isUuid } from '../domain/uuid.ts';
import { readPhone } from './read-address.ts';
import { hasBody, optionalText, readBody } from './read-body.ts';
import { readAssertion, readCreation } from './read-credential.ts';
import { readFriendlyName } from './read-friendly-name.ts';
import { readId } from './read-id.ts';
import { bearerOf, visitOf } from './visit-of.ts';

/** What fits on a phone's screen, and with the rest into a QR code. */
const MAX_ISSUER_LENGTH = 64;
/** White modules around a code (ISO/IEC 18004 asks for four). */
const QR_BORDER = 4;

const EnrolBody = z.object({
  factor_type: optionalText,
  friendly_name: optionalText,
  issuer: optionalText,
  phone: optionalText,
});
const ChallengeBody = z.object({ channel: optionalText });
const VerifyBody = z.object({
  challenge_id: optionalText,
  code: optionalText,
  webauthn: z.object({ type: optionalText, credential_response: z.unknown().optional() }).nullish(),
});

export function addFactorRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.post('/factors', async (request) => {
    const bearer = bearerOf(request);
    return renderEnrolled(await enrolFactor(parts, visitOf(request), bearer, readFactor(request)));
  });

  app.post('/factors/:id/challenge', async (request) => {
    const bearer = bearerOf(request);
    const channel = readChannel(request);
    const factorId = readId(request, 'id');
    return renderChallenge(await challengeFactor(parts, visitOf(request), bearer, factorId, channel));
  });

  app.post('/factors/:id/verify', (request) => {
    const bearer = bearerOf(request);
    return verifyFactor(parts, visitOf(request), bearer, readId(request, 'id'), readAnswer(request));
  });

  app.delete('/factors/:id', async (request) => {
    const bearer = bearerOf(request);
    const id = readId(request, 'id');
    await unenrolFactor(parts, visitOf(request), bearer, id);
    return { id };
  });
}

function readFactor(request: FastifyRequest): FactorToEnrol {
  const body = readBody(request, EnrolBody);
  const friendlyName = readFriendlyName(body.friendly_name);
  switch (body.factor_type) {
    case 'totp':
      if (body.issuer.length > MAX_ISSUER_LENGTH) {
        throw identityErrors.validationFailed({ detail: `issuer must be ${MAX_ISSUER_LENGTH} characters or less` });
      }
      return { type: 'totp', friendlyName, issuer: body.issuer };
    case 'phone':
      if (body.phone === '') {
        throw identityErrors.validationFailed({ detail: 'Phone number required to enroll Phone factor' });
      }
      return { type: 'phone', friendlyName, phone: readPhone(body.phone) };
    case 'webauthn':
      return { type: 'webauthn', friendlyName };
    default:
      throw identityErrors.validationFailed({ detail: 'factor_type needs to be totp, phone, or webauthn' });
  }
}

function readChannel(request: FastifyRequest): 'sms' | 'whatsapp' {
  const channel = hasBody(request) ? readBody(request, ChallengeBody).channel : '';
  if (channel === '' || channel === 'sms') return 'sms';
  if (channel === 'whatsapp') return channel;
  throw identityErrors.validationFailed({ detail: 'Invalid channel, supported values are "sms" or "whatsapp"' });
}

function readAnswer(request: FastifyRequest): FactorAnswer {
  const { challenge_id: challengeId, code, webauthn } = readBody(request, VerifyBody);
  if (!isUuid(challengeId)) {
    throw identityErrors.validationFailed({
      detail: `challenge_id must be an UUID, got ${JSON.stringify(challengeId)}`,
    });
  }
  switch (webauthn?.type) {
    case undefined:
      return { challengeId, kind: 'code', code };
    case 'create':
      return { challengeId, kind: 'create', response: readCreation(webauthn?.credential_response) };
    case 'request':
      return { challengeId, kind: 'request', response: readAssertion(webauthn?.credential_response) };
    default:
      throw identityErrors.validationFailed({ detail: 'WebAuthn type must be create or request' });
  }
}

function renderEnrolled({ id, type, friendlyName, phone, totp }: EnrolledFactor): object {
  return {
    id,
    type,
    friendly_name: friendlyName,
    ...(totp === null ? {} : { totp: { qr_code: renderSVG(totp.uri, { border: QR_BORDER, pixelSize: 4 }), ...totp } }),
    ...(phone === null ? {} : { phone }),
  };
}

function renderChallenge({ id, type, expiresAt, webauthn }: OpenedChallenge): object {
  return {
    id,
    type,
    expires_at: Math.floor(expiresAt.getTime() / 1000),
    ...(webauthn === null
      ? {}
      : { webauthn: { type: webauthn.type, credential_options: { publicKey: webauthn.options } } }),
  };
}
