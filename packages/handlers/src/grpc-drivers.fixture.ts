import { type AnyUseCase, must, type Suite } from '@ashlar/kernel';
import { type DescMethodUnary, fromJson, type Message, toJson } from '@bufbuild/protobuf';
import { type CallOptions, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { Ask, HandlerDriver, Told } from './handler-drivers.fixture.ts';
import { openReflected, type ReflectedProblem } from './grpc-client.fixture.ts';
import { camelName, pascalName } from './input/contract-name.ts';
import { suiteDescriptor } from './grpc/proto-descriptor.ts';
import { fromProtoJson, toProtoJson } from './grpc/wire-json.ts';

type Headers = Readonly<Record<string, string>>;

/** What a call sends beside its message, in any of the protocols. */
function headersOf(identity: Headers, { key, dryRun }: Ask): Headers {
  return {
    ...identity,
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(dryRun === true ? { 'ashlar-dry-run': 'true' } : {}),
  };
}

/** Clients of Connect (JSON and binary) and of gRPC-Web, as their own library has them. */
export function connectDrivers(
  suite: Suite,
  baseUrl: string,
  identityOf: (ask: Ask) => Headers,
): readonly HandlerDriver[] {
  const at = { baseUrl, httpVersion: '1.1' as const };
  return [
    connectDriver(
      'Connect',
      suite,
      createConnectTransport({ ...at, useBinaryFormat: false, useHttpGet: true }),
      identityOf,
    ),
    connectDriver('Connect in bytes', suite, createConnectTransport({ ...at, useBinaryFormat: true }), identityOf),
    connectDriver('gRPC-Web', suite, createGrpcWebTransport(at), identityOf),
  ];
}

function connectDriver(
  name: string,
  suite: Suite,
  transport: Transport,
  identityOf: (ask: Ask) => Headers,
): HandlerDriver {
  const { service, methods, problem } = suiteDescriptor(suite);
  const client = createClient(service, transport);
  return {
    name,
    typed: true,
    offers: new Set(['dry run', 'key', 'replayed', 'current', 'anon']),
    async call({ name: useCase }: AnyUseCase, input: object, ask: Ask): Promise<Told> {
      const method = must(
        methods.find(({ useCase: one }) => one.name === useCase),
        useCase,
      );
      // Every method of a suite is asked and answered once.
      const desc = must(service.method[camelName(useCase)], useCase) as DescMethodUnary;
      // A client has a function for each method, which dynamic descriptors have no type for.
      const call = must(client[desc.localName], useCase) as unknown as (
        message: Message,
        options: CallOptions,
      ) => Promise<Message>;
      let replayed = false;
      try {
        const message = fromJson(desc.input, toProtoJson(method.input, input, 'request'));
        const output = await call(message, {
          headers: headersOf(identityOf(ask), ask),
          onHeader: (headers) => {
            replayed = headers.get('idempotency-replayed') === 'true';
          },
        });
        return {
          output: fromProtoJson(method.output, toJson(desc.output, output), output, desc.output, 'answer'),
          replayed,
        };
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        const [detail] = error.findDetails(problem);
        if (detail === undefined) throw error;
        // Its fields are those of a problem.
        const told = toJson(problem, detail) as unknown as ReflectedProblem;
        return toldOf(told);
      }
    },
  };
}

/** A client of another make, which brings no contract along: it learns all by reflection. */
export async function grpcDriver(
  suite: Suite,
  port: number,
  identityOf: (ask: Ask) => Headers,
): Promise<HandlerDriver & Disposable> {
  const service = `ashlar.${suite.name}.v1.${suite.name.charAt(0).toUpperCase()}${suite.name.slice(1)}Service`;
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const reflected = await openReflected(client, service);
  return {
    name: 'gRPC',
    typed: true,
    offers: new Set(['dry run', 'key', 'replayed', 'current', 'anon']),
    async call({ name }: AnyUseCase, input: object, ask: Ask): Promise<Told> {
      const metadata = new Metadata();
      for (const [key, value] of Object.entries(headersOf(identityOf(ask), ask))) metadata.set(key, value);
      const told = await reflected.call(pascalName(name), input, metadata);
      if ('problem' in told) return toldOf(told.problem);
      return { output: told.output, replayed: told.trailer['idempotency-replayed'] === 'true' };
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function toldOf({ code, errors = [], current }: ReflectedProblem): Told {
  return { code, pointers: errors.map(({ pointer }) => pointer), ...(current == null ? {} : { current }) };
}
