import { documentErrors } from '@ashlar/documents';
import { type AnyUseCase, type ErrorFactory, commonErrors, type Suite } from '@ashlar/kernel';
import { statusOfKind } from '@ashlar/service';
import type { DocumentBinding } from '../http/document-routes.ts';
import type { HttpBinding } from '../http/http-binding.ts';
import { type JsonSchema, wireSchema } from '../input/wire-schema.ts';

export type Document = Readonly<Record<string, unknown>>;

const PROBLEM_REF = { $ref: '#/components/schemas/Problem' };
export const ORGANISATION_HEADER: Document = {
  name: 'Ashlar-Organisation',
  in: 'header',
  description: 'Organisation to act for; by default the one of the token.',
  schema: { type: 'string', format: 'uuid' },
};
export const DRY_RUN_HEADER: Document = {
  name: 'Ashlar-Dry-Run',
  in: 'header',
  description: 'Do everything, answer, and undo it.',
  schema: { type: 'boolean' },
};
const COMMAND_HEADERS: readonly Document[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The same key with the same input is answered from memory for a day.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  DRY_RUN_HEADER,
];

/** What any command or query may refuse before its own rules are asked. */
const SHARED: Readonly<Record<'command' | 'query', readonly ErrorFactory[]>> = {
  query: [
    commonErrors.malformed,
    commonErrors.unauthenticated,
    commonErrors.permissionDenied,
    commonErrors.orgMissing,
    commonErrors.suiteNotInstalled,
    commonErrors.invalidInput,
  ],
  command: [
    commonErrors.malformed,
    commonErrors.unauthenticated,
    commonErrors.permissionDenied,
    commonErrors.orgMissing,
    commonErrors.suiteNotInstalled,
    commonErrors.staleVersion,
    commonErrors.idempotencyConflict,
    commonErrors.busy,
    commonErrors.invalidInput,
  ],
};

/** OpenAPI 3.1 of a suite's routes, from the schemas its use cases are validated by. */
export function openApiOf(
  suite: Suite,
  {
    bindings,
    documents,
  }: { readonly bindings: readonly HttpBinding[]; readonly documents: readonly DocumentBinding[] },
  publicUrl: string,
): Document {
  const paths: Record<string, Record<string, Document>> = {};
  for (const binding of bindings) {
    const path = binding.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [binding.method.toLowerCase()]: operationOf(binding) };
  }
  for (const binding of documents) {
    const path = binding.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], get: printOf(binding) };
  }
  return documentOf(suite.title.en, `${publicUrl}/api/v1/${suite.name}`, paths);
}

/** The frame every document has: who may ask, and the form of a refusal. */
export function documentOf(title: string, server: string, paths: Document): Document {
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title, version: '1' },
    servers: [{ url: server }],
    security: [{ token: [] }, { key: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        key: { type: 'apiKey', in: 'header', name: 'apikey' },
      },
      schemas: { Problem: problemSchema },
    },
  };
}

/**
 * The use cases without a route, described as if each had one: what is promised to command lines, jobs, schedules and
 * other suites can be compared like everything else. Empty when all have routes.
 */
export function callsOf(suite: Suite): Document | '' {
  const bindings = suite.useCases
    .filter(({ on }) => on.http === undefined || on.http === false)
    .map((useCase): HttpBinding => {
      const input = wireSchema(useCase.input);
      return { useCase, method: 'POST', path: `/${useCase.name}`, pathMembers: [], rest: 'body', input };
    });
  if (bindings.length === 0) return '';
  const { servers: _nowhere, ...document } = openApiOf(suite, { bindings, documents: [] }, '');
  const description =
    'Nothing answers at these paths: each is the name of a use case, for `ashlar call` and other suites.';
  return { ...document, info: { title: `${suite.title.en}: use cases without a route`, version: '1', description } };
}

function operationOf({ useCase, pathMembers, rest, input }: HttpBinding): Document {
  const { name, summary, description, permission, kind } = useCase;
  const members = Object.entries(input.properties ?? {}).filter(([member]) => !pathMembers.includes(member));
  const parameters = [
    ...pathMembers.map((member) => ({
      name: member,
      in: 'path',
      required: true,
      schema: inlined(`${name}:${member}`, input, input.properties?.[member]),
    })),
    ...(rest === 'body' ? [] : members).map(([member, schema]) => ({
      name: member,
      in: 'query',
      required: input.required?.includes(member) ?? false,
      schema: inlined(`${name}:${member}`, input, schema),
    })),
    ORGANISATION_HEADER,
    ...(kind === 'command' ? COMMAND_HEADERS : []),
  ];
  const body: JsonSchema = {
    ...input,
    properties: Object.fromEntries(members),
    required: (input.required ?? []).filter((member) => !pathMembers.includes(member)),
  };
  return {
    operationId: camelCase(name),
    summary,
    ...(description === undefined ? {} : { description }),
    'x-ashlar-use-case': name,
    'x-ashlar-permission': permission,
    parameters,
    ...(rest === 'body' && members.length > 0
      ? {
          requestBody: {
            // Nothing is the same as an empty object.
            required: (body.required ?? []).length > 0,
            content: { 'application/json': { schema: embedded(`${name}:input`, body) } },
          },
        }
      : {}),
    responses: {
      '200': {
        description: summary,
        content: { 'application/json': { schema: embedded(`${name}:output`, wireSchema(useCase.output)) } },
      },
      ...failuresOf(useCase),
    },
  };
}

/** One of the parameters that say how a document is printed; the first choice unless told. */
function printParameter(member: string, description: string, choices: readonly string[]): Document {
  return {
    name: member,
    in: 'query',
    required: false,
    description,
    schema: { type: 'string', enum: choices, default: choices[0] },
  };
}

/** A document's page: the parameters of its query, and how it is printed. */
function printOf(binding: DocumentBinding): Document {
  const { document, useCase } = binding;
  const { name, summary, papers } = document;
  const { parameters } = operationOf(binding) as { parameters: readonly Document[] };
  return {
    operationId: `${camelCase(name)}Document`,
    summary,
    'x-ashlar-document': name,
    'x-ashlar-permission': useCase.permission,
    parameters: [
      ...parameters,
      printParameter('language', 'Comes first, and gives the page its direction; the other stands beside it.', [
        'en',
        'ar',
      ]),
      printParameter('paper', 'A sheet or a roll.', papers),
      printParameter('copy', 'Whether the page says that it is a copy.', ['false', 'true']),
    ],
    responses: {
      '200': {
        description: summary,
        headers: { ETag: { description: 'The SHA-256 of the file', schema: { type: 'string' } } },
        content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
      },
      '304': { description: 'The file is the one the caller has (`If-None-Match`)' },
      ...failuresOf({ ...useCase, errors: [...useCase.errors, documentErrors.tooLarge, documentErrors.busy] }),
    },
  };
}

function camelCase(name: string): string {
  return (name.split('.')[1] ?? name).replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
}

function failuresOf({ kind, errors }: Pick<AnyUseCase, 'kind' | 'errors'>): Document {
  return problemAnswers([...SHARED[kind], ...errors]);
}

/** Codes by status, each with the title of its catalogue. */
export function problemAnswers(errors: readonly ErrorFactory[]): Document {
  const byStatus = new Map<number, ErrorFactory[]>();
  for (const error of errors) {
    const status = statusOfKind[error.kind];
    byStatus.set(status, [...(byStatus.get(status) ?? []), error]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, factories]) => [
      String(status),
      {
        description: factories.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
        content: { 'application/problem+json': { schema: PROBLEM_REF } },
      },
    ]),
  );
}

/** A schema with definitions of its own has an id, so that references inside are its own. */
function embedded(id: string, schema: JsonSchema): JsonSchema {
  return schema.$defs === undefined ? schema : { $id: `urn:ashlar:schema:${id}`, ...schema };
}

function inlined(id: string, root: JsonSchema, schema: JsonSchema = {}): JsonSchema {
  return root.$defs === undefined ? schema : embedded(id, { ...schema, $defs: root.$defs });
}

const text = { type: 'string' };
const problemSchema: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'retryable'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    code: { type: 'string', description: 'Stable; one of those listed with the answer.' },
    params: { type: 'object' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: text, code: text, detail: text },
      },
    },
    hint: text,
    retryable: { type: 'boolean' },
    current: { type: 'object' },
    trace_id: text,
  },
};
