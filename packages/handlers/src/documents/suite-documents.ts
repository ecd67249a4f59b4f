import type { Suite } from '@ashlar/kernel';
import { printSdl } from '../graphql/print-sdl.ts';
import { printProto } from '../grpc/print-proto.ts';
import { protoModel } from '../grpc/proto-model.ts';
import { documentBindings } from '../http/document-routes.ts';
import { httpBindings } from '../http/http-binding.ts';
import { type JsonSchema, wireSchema } from '../input/wire-schema.ts';
import { asyncApiOf } from './async-api.ts';
import { callsOf, openApiOf } from './open-api.ts';

type Document = Readonly<Record<string, unknown>>;

/** What a use case takes and answers, for whoever compares versions of it. */
export interface UseCaseContract {
  readonly kind: 'command' | 'query';
  readonly permission: string;
  /** Codes of its own refusals, sorted. */
  readonly errors: readonly string[];
  readonly input: JsonSchema;
  readonly output: JsonSchema;
}

export interface SuiteSchemas {
  /** By name in full, such as `inventory.reserve-stock`. */
  readonly useCases: Readonly<Record<string, UseCaseContract>>;
  /** The data of each event it tells, by type. */
  readonly events: Readonly<Record<string, JsonSchema>>;
}

/** Every contract of a suite, from its declaration alone: the same on every machine, whatever is in a database. */
export interface SuiteDocuments {
  /** OpenAPI 3.1; its server is a path, since no instance is asked. */
  readonly openapi: Document;
  /** Use cases without a route, which command lines, jobs, schedules and other suites call: in the form of OpenAPI; '' without any. */
  readonly calls: Document | '';
  /** AsyncAPI 3.0. */
  readonly asyncapi: Document;
  /** GraphQL's schema language: mutations and queries of the use cases, without the tables of a project. */
  readonly sdl: string;
  /** Protocol Buffers, proto3. */
  readonly proto: string;
  readonly schemas: SuiteSchemas;
}

export function suiteDocuments(suite: Suite): SuiteDocuments {
  return {
    openapi: openApiOf(suite, { bindings: httpBindings(suite), documents: documentBindings(suite) }, ''),
    calls: callsOf(suite),
    asyncapi: asyncApiOf(suite),
    sdl: printSdl(suite),
    proto: printProto(protoModel(suite)),
    schemas: schemasOf(suite),
  };
}

function schemasOf({ useCases, events }: Suite): SuiteSchemas {
  return {
    useCases: Object.fromEntries(
      useCases.map(({ name, kind, permission, errors, input, output }) => [
        name,
        {
          kind,
          permission,
          errors: errors.map(({ code }) => code).toSorted(),
          input: wireSchema(input),
          output: wireSchema(output),
        },
      ]),
    ),
    events: Object.fromEntries(events.map(({ type, data }) => [type, wireSchema(data)])),
  };
}
