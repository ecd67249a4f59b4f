import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asService } from '../adapters/database.ts';
import { readAddress } from '../adapters/url-tokens.ts';
import type { Images } from '../application/render-object.ts';
import type { StorageParts } from '../application/visit.ts';
import { isUnchanged } from '../domain/conditions.ts';
import { describeTransform, orderOf, type Transform, transformSchema } from '../domain/image-options.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { StoredObject } from '../domain/stored-object.ts';
import { commonHeaders, type Find, findAsCaller, findPublic } from './download-routes.ts';
import { parseInput } from './read-json.ts';
import { queryOf, signedTargetOf, type Target, targetOf } from './visit-of.ts';

const METHODS = ['GET', 'HEAD'];

/** Pictures for callers: who may download an object may have it in another size. */
export function addRenderRoutes(app: FastifyInstance, images: Images): void {
  const find = findAsCaller('storage.render.image_authenticated');
  app.route({
    method: METHODS,
    url: '/render/image/authenticated/:bucket/*',
    handler: (request, reply) =>
      serve(request, reply, images, {
        find,
        target: targetOf(request),
        ...asked(request),
      }),
  });
}

/** Pictures that need no key: of public buckets, and with a signed address. */
export function addOpenRenderRoutes(app: FastifyInstance, parts: StorageParts, images: Images): void {
  app.route({
    method: METHODS,
    url: '/render/image/public/:bucket/*',
    handler: (request, reply) =>
      serve(request, reply, images, {
        find: findPublic,
        target: targetOf(request),
        ...asked(request),
      }),
  });
  app.route({
    method: METHODS,
    url: '/render/image/sign/:bucket/*',
    handler: async (request, reply) => {
      const target = signedTargetOf(request);
      const { project } = request.ashlar;
      const url = `${target.bucket}/${target.name}`;
      const grant = await readAddress(project, queryOf(request, 'token'), 'render', url, parts.now());
      const transform = parseInput(transformSchema, grant.transformations, 'transformations');
      return serve(request, reply, images, {
        find: findAny,
        target,
        transform,
      });
    },
  });
}

const findAny: Find = async (request, { bucket, name }) => {
  const [found] = await asService<StoredObject>(
    request.ashlar.project.database,
    'select row_to_json(o) from storage.service_object($1, $2) o',
    [bucket, name],
  );
  if (found === undefined) throw storageErrors.noSuchKey();
  return found;
};

function asked(request: FastifyRequest): { readonly transform: Transform } {
  return { transform: parseInput(transformSchema, request.query, 'querystring') };
}

interface Wish {
  readonly find: Find;
  readonly target: Target;
  readonly transform: Transform;
}

async function serve(
  request: FastifyRequest,
  reply: FastifyReply,
  images: Images,
  { find, target, transform }: Wish,
): Promise<FastifyReply> {
  const order = orderOf(transform, request.headers.accept ?? '');
  for (let attempt = 1; ; attempt += 1) {
    const object = await find(request, target);
    const validators = {
      etag: `"${images.keyOf(object, order).slice(0, 32)}"`,
      lastModified: new Date(object.metadata?.lastModified ?? object.updated_at),
    };
    const headers = {
      ...commonHeaders(request, object, validators),
      ...(transform.format === undefined ? { vary: 'Accept' } : {}),
      'x-transformations': describeTransform(transform),
    };
    if (isUnchanged(request.headers, validators)) return reply.code(304).headers(headers).send();
    const image = await images.render(request.ashlar.project.ref, object, order);
    if (image !== null) {
      const about = { 'content-type': `image/${image.format}`, 'content-length': String(image.bytes.length) };
      void reply.code(200).headers({ ...headers, ...about });
      return request.method === 'HEAD' ? reply.send() : reply.send(image.bytes);
    }
    // Replaced or removed between the look at the row and the file; the second look tells.
    if (attempt === 2) throw storageErrors.fileMissing({ id: object.id });
  }
}
