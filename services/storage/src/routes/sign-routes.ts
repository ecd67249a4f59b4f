import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { asCaller, type Visit } from '../adapters/database.ts';
import { signAddress } from '../adapters/url-tokens.ts';
import type { StorageParts } from '../application/visit.ts';
import { transformSchema } from '../domain/image-options.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { readJson } from './read-json.ts';
import { bucketOf, encodePath, type Target, targetOf, visitOf } from './visit-of.ts';

const MAX_SIGNED = 1_000;
/** Seconds; a hundred years. */
const MAX_EXPIRY_SECONDS = 3_155_760_000;
const UNSEEN = 'Either the object does not exist or you do not have access to it';

const expiresIn = z.number().int().min(1).max(MAX_EXPIRY_SECONDS);
const one = z.object({ expiresIn, transform: transformSchema.nullish() });
const many = z.object({ expiresIn, paths: z.array(z.string().max(4_096)).min(1).max(MAX_SIGNED) });

/** Addresses that open an object without a key, for who may read it now. */
export function addSignRoutes(app: FastifyInstance, parts: StorageParts): void {
  app.post('/object/sign/:bucket/*', async (request) => {
    const body = await readJson(request, one);
    const target = targetOf(request);
    await requireSeen(visitOf(request), target);
    const url = `${target.bucket}/${target.name}`;
    const transformations = { ...body.transform };
    // Whoever is given a small picture is not given the large one with it.
    const isPicture = Object.keys(transformations).length > 0;
    const grant = isPicture
      ? ({ scope: 'render', url, transformations } as const)
      : ({ scope: 'download', url } as const);
    const token = signAddress(request.ashlar.project, grant, body.expiresIn, parts.now());
    return { signedURL: `/${isPicture ? 'render/image' : 'object'}/sign/${encodePath(target)}?token=${token}` };
  });

  app.post('/object/sign/:bucket', async (request) => {
    const body = await readJson(request, many);
    const bucket = bucketOf(request);
    const seen = await asCaller<string>(visitOf(request), {
      operation: 'storage.object.sign_many',
      text: `select to_json(o.name) from storage.objects o
              where o.bucket_id = $1 and o.name = any (array(select jsonb_array_elements_text($2::jsonb)))`,
      values: [bucket, JSON.stringify(body.paths)],
      readOnly: true,
    });
    const names = new Set(seen);
    return body.paths.map((path) => {
      if (!names.has(path)) return { error: UNSEEN, path, signedURL: null };
      const grant = { scope: 'download', url: `${bucket}/${path}` } as const;
      const token = signAddress(request.ashlar.project, grant, body.expiresIn, parts.now());
      return { error: null, path, signedURL: `/object/sign/${encodePath({ bucket, name: path })}?token=${token}` };
    });
  });
}

/** @throws {AshlarError} `storage.no_such_key` when the caller sees no such object. */
async function requireSeen(visit: Visit, { bucket, name }: Target): Promise<void> {
  const [seen] = await asCaller(visit, {
    operation: 'storage.object.sign',
    text: `select 'true'::json from storage.objects o where o.bucket_id = $1 and o.name = $2`,
    values: [bucket, name],
    readOnly: true,
  });
  if (seen === undefined) throw storageErrors.noSuchKey();
}
