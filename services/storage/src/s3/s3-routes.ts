import { AshlarError } from '@ashlar/kernel';
import { type RenderedError, servicePrefix } from '@ashlar/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { storageContract } from '../contract.ts';
import { isOurs } from '../routes/answer-error.ts';
import { visitOf } from '../routes/visit-of.ts';
import { authenticate } from './authenticate.ts';
import { chooseOperation } from './choose-operation.ts';
import { isPostedForm, postObject } from './post-object.ts';
import { renderS3Error } from './render-s3-error.ts';
import type { S3Answer, S3Parts } from './s3-call.ts';
import { readTarget } from './s3-target.ts';

type Refuse = (request: FastifyRequest, reply: FastifyReply, rendered: RenderedError) => FastifyReply;

/**
 * The S3 protocol. Its requests say by their signature who asks; what else the door learnt of the caller counts for
 * nothing here.
 *
 * @param refuse Sends an error to a client whose body is not read to its end.
 */
export function addS3Routes(app: FastifyInstance, parts: S3Parts, refuse: Refuse): void {
  void app.register((s3, _options, done) => {
    s3.setErrorHandler((error, request, reply) => {
      const rendered = renderS3Error(error, { resource: resourceOf(request), requestId: request.ashlar.requestId });
      if ((rendered.status === 500 || isOurs(error)) && !request.raw.aborted) report(error, request, parts);
      // Nothing of an object's own headers belongs to an error.
      return refuse(request, reply, rendered);
    });
    for (const url of ['/s3', '/s3/*']) {
      s3.all(url, async (request, reply) => send(reply, await answer(request, parts)));
    }
    done();
  });
}

async function answer(request: FastifyRequest, parts: S3Parts): Promise<S3Answer> {
  const target = readTarget(request);
  if (isPostedForm(request, target)) return postObject(request, target, parts);
  const authentication = await authenticate(request, target, parts);
  const operation = chooseOperation(request.method, target, request.headers['x-amz-copy-source'] !== undefined);
  const { project, requestId, trace, publicUrl, clientAddress } = request.ashlar;
  const { caller } = authentication;
  const context = { project, caller, refusal: null, requestId, trace, publicUrl, clientAddress };
  return operation({ request, target, authentication, visit: { ...visitOf(request), context }, parts });
}

function send(reply: FastifyReply, { status, headers = {}, body }: S3Answer): FastifyReply {
  void reply.code(status).headers(headers).header('x-amz-request-id', reply.request.ashlar.requestId);
  return reply.send(body);
}

function report(error: unknown, request: FastifyRequest, { observe }: S3Parts): void {
  if (error instanceof AshlarError && error.kind !== 'internal' && !isOurs(error)) return;
  const { requestId, trace } = request.ashlar;
  observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: storageContract.name, error });
}

/** `/bucket/key` as it was sent. */
function resourceOf({ url }: FastifyRequest): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.slice(`${servicePrefix('storage')}/s3`.length) || '/';
}
