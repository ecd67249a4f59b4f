import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { adminDeleteFactor, adminListFactors, adminUpdateFactor } from '../application/admin-factors.ts';
import { adminDeletePasskey, adminListPasskeys } from '../application/manage-passkeys.ts';
import type { IdentityParts } from '../application/visit.ts';
import { requireAdmin } from '../domain/bearer.ts';
import { renderFactor } from '../domain/user-document.ts';
import { renderPasskey } from './passkey-routes.ts';
import { readPhone } from './read-address.ts';
import { optionalText, readBody } from './read-body.ts';
import { readFriendlyName } from './read-friendly-name.ts';
import { readId } from './read-id.ts';
import { visitOf } from './visit-of.ts';

const FactorBody = z.object({ friendly_name: optionalText, phone: optionalText });

const FACTORS = '/admin/users/:user_id/factors';
const PASSKEYS = '/admin/users/:user_id/passkeys';

/** What proves an account, in the hands of an administrator. */
export function addAdminFactorRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get(FACTORS, async (request) => {
    requireAdmin(request.ashlar);
    return (await adminListFactors(parts, visitOf(request), readId(request, 'user_id'))).map(renderFactor);
  });

  app.put(`${FACTORS}/:factor_id`, async (request) => {
    requireAdmin(request.ashlar);
    const [userId, factorId] = [readId(request, 'user_id'), readId(request, 'factor_id')];
    const body = readBody(request, FactorBody);
    const changes = {
      friendlyName: body.friendly_name === '' ? null : readFriendlyName(body.friendly_name),
      phone: body.phone === '' ? null : readPhone(body.phone),
    };
    return renderFactor(await adminUpdateFactor(parts, visitOf(request), userId, factorId, changes));
  });

  app.delete(`${FACTORS}/:factor_id`, async (request) => {
    requireAdmin(request.ashlar);
    const [userId, factorId] = [readId(request, 'user_id'), readId(request, 'factor_id')];
    return renderFactor(await adminDeleteFactor(parts, visitOf(request), userId, factorId));
  });

  app.get(PASSKEYS, async (request) => {
    requireAdmin(request.ashlar);
    return (await adminListPasskeys(parts, visitOf(request), readId(request, 'user_id'))).map(renderPasskey);
  });

  app.delete(`${PASSKEYS}/:passkey_id`, async (request, reply) => {
    requireAdmin(request.ashlar);
    await adminDeletePasskey(parts, visitOf(request), readId(request, 'user_id'), readId(request, 'passkey_id'));
    return reply.code(204).send();
  });
}
