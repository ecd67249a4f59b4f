import {
  type DescMessage,
  type DescMethodUnary,
  fromJson,
  type JsonValue,
  type Message,
  toJson,
} from '@bufbuild/protobuf';
import { commonErrors, type Suite } from '@ashlar/kernel';
import {
  type ConnectRouter,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from '@connectrpc/connect';
import type { UniversalHandler } from '@connectrpc/connect/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invocationOf } from '../http/invocation-of.ts';
import { problemOf } from '../problem/render-problem.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { connectErrorOf } from './connect-error.ts';
import type { ConnectServiceOptions } from './connect-service.ts';
import { suiteDescriptor } from './proto-descriptor.ts';
import type { ProtoMethod } from './proto-model.ts';
import { fromProtoJson, toProtoJson } from './wire-json.ts';

/** What needs the libraries of Connect, so that they load with the first call. */
export interface ConnectEngine {
  /** @returns False where there is no such method. */
  answer(path: string, request: FastifyRequest, reply: FastifyReply): Promise<boolean>;
}

/** What a client may wait at most; statements end before. */
const MAX_TIMEOUT_MS = 600_000;
const REQUEST = createContextKey<FastifyRequest | null>(null);

export function createConnectEngine(
  { useCases, observe }: ConnectServiceOptions,
  bodyLimitBytes: number,
): ConnectEngine {
  const router = createConnectRouter({
    // It wants HTTP/2 and has a listener of its own, which leads here.
    grpc: false,
    readMaxBytes: bodyLimitBytes,
    maxTimeoutMs: MAX_TIMEOUT_MS,
    // What nobody named is a mistake to be told.
    jsonOptions: { ignoreUnknownFields: false },
  });
  for (const suite of useCases.suites) addSuite(router, suite, { useCases, observe });
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return {
    async answer(path, request, reply) {
      const handler = handlers.get(path);
      if (handler === undefined) return false;
      await handle(handler, request, reply);
      return true;
    },
  };
}

function addSuite(router: ConnectRouter, suite: Suite, { useCases, observe }: ConnectServiceOptions): void {
  const { service, methods } = suiteDescriptor(suite);
  const byName = new Map(methods.map((method) => [method.name, method]));
  for (const desc of service.methods) {
    const method = byName.get(desc.name);
    if (method === undefined || desc.methodKind !== 'unary') continue;
    // The check above tells the kind; the library's type of any method does not follow it.
    router.rpc(desc as DescMethodUnary, async (message: Message, context: HandlerContext) => {
      const request = context.values.get(REQUEST);
      if (request === null) throw new Error('A method was called without its request');
      try {
        const input = fromProtoJson(method.input, jsonOf(desc.input, message), message, desc.input);
        return fromJson(desc.output, await outputOf(method, input, request, context, useCases));
      } catch (error) {
        const { requestId, trace } = request.ashlar;
        if (problemOf(error).status === 500) {
          observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: suite.name, error });
        }
        throw connectErrorOf(suite, error, trace.traceId);
      }
    });
  }
}

/** A value with nothing set has no form in JSON, nor has a number that is none. */
function jsonOf(desc: DescMessage, message: Message): JsonValue {
  try {
    return toJson(desc, message);
  } catch (error) {
    throw commonErrors.malformed({ wanted: 'message whose values are set' }, { cause: error });
  }
}

async function outputOf(
  { useCase, output: shape }: ProtoMethod,
  input: unknown,
  request: FastifyRequest,
  { responseHeader }: HandlerContext,
  useCases: UseCases,
): Promise<JsonValue> {
  const { output, replayed } = await useCases.invoke(useCase.name, input, invocationOf(request, 'grpc'));
  if (replayed) responseHeader.set('idempotency-replayed', 'true');
  responseHeader.set('cache-control', 'no-store');
  return toProtoJson(shape, output);
}

async function handle(handler: UniversalHandler, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const stop = new AbortController();
  reply.raw.once('close', () => stop.abort());
  const { status, header, body } = await handler({
    httpVersion: request.raw.httpVersion,
    url: new URL(request.url, 'http://connect.invalid').toString(),
    method: request.method,
    header: headersOf(request),
    body: chunks(request.body),
    signal: stop.signal,
    contextValues: createContextValues().set(REQUEST, request),
  });
  header?.forEach((value, name) => void reply.header(name, value));
  const parts: Uint8Array[] = [];
  for await (const part of body ?? []) parts.push(part);
  await reply.code(status).send(Buffer.concat(parts));
}

async function* chunks(body: unknown): AsyncIterable<Uint8Array> {
  if (Buffer.isBuffer(body)) yield body;
}

function headersOf({ headers }: FastifyRequest): Headers {
  const made = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) made.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return made;
}
