import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  countRecoveryCodes,
  DEFAULT_RECOVERY_NAME,
  generateRecoveryCodes,
  regenerateRecoveryCodes,
  removeRecoveryCodes,
  type NewRecoveryCodes,
} from '../application/recovery-codes.ts';
import { verifyRecoveryCode } from '../application/verify-recovery-code.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { hasBody, optionalText, readBody } from './read-body.ts';
import { readFriendlyName } from './read-friendly-name.ts';
import { bearerOf, visitOf } from './visit-of.ts';

const GenerateBody = z.object({ friendly_name: optionalText });
const VerifyBody = z.object({ code: optionalText });

const CODES = '/factors/recovery-codes';
/** Sixteen characters with whatever separators somebody may type. */
const MAX_TYPED_LENGTH = 100;

export function addRecoveryCodeRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get(CODES, async (request) => {
    const bearer = bearerOf(request);
    const { factorId, total, remaining } = await countRecoveryCodes(parts, visitOf(request), bearer);
    return { id: factorId, type: 'recovery_code', total, remaining };
  });

  app.post(CODES, async (request) => {
    const bearer = bearerOf(request);
    const wanted = hasBody(request) ? readFriendlyName(readBody(request, GenerateBody).friendly_name) : '';
    const name = wanted === '' ? DEFAULT_RECOVERY_NAME : wanted;
    return renderCodes(await generateRecoveryCodes(parts, visitOf(request), bearer, name));
  });

  app.post(`${CODES}/regenerate`, async (request) => {
    const bearer = bearerOf(request);
    return renderCodes(await regenerateRecoveryCodes(parts, visitOf(request), bearer));
  });

  app.post(`${CODES}/verify`, (request) => {
    const bearer = bearerOf(request);
    const { code } = readBody(request, VerifyBody);
    if (code.length > MAX_TYPED_LENGTH) {
      throw identityErrors.validationFailed({ detail: `code must be ${MAX_TYPED_LENGTH} characters or less` });
    }
    return verifyRecoveryCode(parts, visitOf(request), bearer, code);
  });

  app.delete(CODES, async (request) => {
    const bearer = bearerOf(request);
    return { id: await removeRecoveryCodes(parts, visitOf(request), bearer) };
  });
}

function renderCodes({ factorId, friendlyName, codes }: NewRecoveryCodes): object {
  return { id: factorId, type: 'recovery_code', friendly_name: friendlyName, total: codes.length, codes };
}
