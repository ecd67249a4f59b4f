import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { createAccessKey, listAccessKeys, revokeAccessKey } from '../application/access-keys.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { readJson } from './read-json.ts';

const MAX_DESCRIPTION = 200;
const newKey = z.object({
  description: z
    .string()
    .max(MAX_DESCRIPTION)
    .regex(/^\P{Cc}*$/u)
    .default(''),
});

/** Keys that sign requests of the S3 protocol as service_role; so only service_role has to do with them. */
export function addAccessKeyRoutes(app: FastifyInstance): void {
  app.post('/s3-keys', async (request) => {
    requireService(request);
    const { description } = await readJson(request, newKey);
    return createAccessKey(request.ashlar.project, description);
  });
  app.get('/s3-keys', async (request) => {
    requireService(request);
    return listAccessKeys(request.ashlar.project);
  });
  app.delete('/s3-keys/:id', async (request) => {
    requireService(request);
    await readJson(request, z.looseObject({}));
    // The route has the parameter.
    const { id } = request.params as { readonly id: string };
    if (!(await revokeAccessKey(request.ashlar.project, id))) throw storageErrors.noSuchAccessKey();
    return { message: 'Successfully revoked' };
  });
}

function requireService({ ashlar }: FastifyRequest): void {
  if (ashlar.caller.role !== 'service_role') throw storageErrors.accessDenied({ detail: 'Access denied' });
}
