import { must } from '@ashlar/kernel';
import { type Client, type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';

/** As a client of gRPC reads the detail of an error. */
export interface ReflectedProblem {
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string }[];
  readonly current?: unknown;
}

export type ReflectedAnswer =
  | { readonly output: unknown; readonly trailer: Readonly<Record<string, unknown>> }
  | { readonly problem: ReflectedProblem; readonly status: number };

export interface Reflected {
  readonly services: readonly string[];
  readonly root: protobuf.Root;
  call(method: string, input: unknown, metadata: Metadata): Promise<ReflectedAnswer>;
}

/** The public contracts such a client has built in. */
const BUILT_IN = `
  syntax = "proto3";
  message Question { oneof message_request { string file_by_filename = 3; string file_containing_symbol = 4; string list_services = 7; } }
  message Files { repeated bytes file_descriptor_proto = 1; }
  message Service { string name = 1; }
  message Services { repeated Service service = 1; }
  message Failure { int32 error_code = 1; string error_message = 2; }
  message Answer { oneof message_response {
    Files file_descriptor_response = 4; Services list_services_response = 6; Failure error_response = 7; } }
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
`;

const builtIn = protobuf.parse(BUILT_IN).root;

/** What a client of gRPC that knows nothing of a server finds out about one of its services. */
export async function openReflected(client: Client, service: string, version = 'v1'): Promise<Reflected> {
  const asked = await ask(client, version, [{ listServices: '' }, { fileContainingSymbol: service }]);
  const services: string[] = asked[0].listServicesResponse.service.map(({ name }: { readonly name: string }) => name);
  const files = asked[1].fileDescriptorResponse.fileDescriptorProto as readonly Uint8Array[];
  const file = files.map((bytes) => descriptor.FileDescriptorProto.decode(bytes));
  // Added to the library by its extension, whose types do not say so.
  const { fromDescriptor } = protobuf.Root as unknown as { readonly fromDescriptor: (set: object) => protobuf.Root };
  const root = fromDescriptor(descriptor.FileDescriptorSet.create({ file }));
  root.resolveAll();
  return { services, root, call: (...call) => callMethod(client, root, service, ...call) };
}

/** Several questions in one stream, as grpcurl asks them: each after the answer to the one before. */
// oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
function ask(client: Client, version: string, questions: readonly object[]): Promise<any[]> {
  const [questionType, answerType] = [builtIn.lookupType('Question'), builtIn.lookupType('Answer')];
  const stream = client.makeBidiStreamRequest(
    `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    (question: object) => Buffer.from(questionType.encode(questionType.fromObject(question)).finish()),
    (bytes) => answerType.toObject(answerType.decode(bytes), { arrays: true }),
  );
  return new Promise((resolve, reject) => {
    const answers: object[] = [];
    const next = (): void => {
      const question = questions[answers.length];
      if (question === undefined) stream.end();
      else stream.write(question);
    };
    stream.on('data', (answer: object) => {
      answers.push(answer);
      next();
    });
    stream.on('error', reject);
    stream.on('end', () => resolve(answers));
    next();
  });
}

function callMethod(
  client: Client,
  root: protobuf.Root,
  service: string,
  name: string,
  input: unknown,
  metadata: Metadata,
): Promise<ReflectedAnswer> {
  const method = must(root.lookupService(service).methods[name], name);
  const [request, response] = [root.lookupType(method.requestType), root.lookupType(method.responseType)];
  return new Promise((resolve, reject) => {
    let trailer: Readonly<Record<string, unknown>> = {};
    let output: unknown;
    const call = client.makeUnaryRequest(
      `/${service}/${name}`,
      (message: object) => Buffer.from(request.encode(request.fromObject(message)).finish()),
      (bytes) => response.toObject(response.decode(bytes), { longs: Number, arrays: true }),
      toMessage(request, input),
      metadata,
      (error, message) => {
        if (error === null) output = fromMessage(response, message);
        else if (hasDetails(error)) resolve({ problem: problemIn(root, error), status: error.code });
        else reject(error);
      },
    );
    call.on('status', ({ code, metadata: told }) => {
      trailer = told.getMap();
      if (code === status.OK) resolve({ output, trailer });
    });
  });
}

function hasDetails({ metadata }: ServiceError): boolean {
  return metadata.get('grpc-status-details-bin').length > 0;
}

function problemIn(root: protobuf.Root, { metadata }: ServiceError): ReflectedProblem {
  const [bytes] = metadata.get('grpc-status-details-bin');
  const { details } = builtIn.lookupType('Status').decode(bytes as Buffer) as unknown as {
    readonly details: readonly { readonly type_url: string; readonly typeUrl: string; readonly value: Uint8Array }[];
  };
  const detail = must(details[0], 'a detail');
  const type = root.lookupType((detail.typeUrl ?? detail.type_url).split('/').at(-1) ?? '');
  return fromMessage(type, type.toObject(type.decode(detail.value), { longs: Number })) as ReflectedProblem;
}

type Members = Readonly<Record<string, unknown>>;

/** JSON as a message of a type that is known by reflection alone. */
function toMessage(type: protobuf.Type, json: unknown): object {
  if (type.fullName === '.google.protobuf.Value') return toAnyValue(json);
  const given = Object.entries(json as Members);
  const nulls = given.filter(([, value]) => value === null).map(([name]) => name);
  const empties = given.filter(([, value]) => Array.isArray(value) && value.length === 0).map(([name]) => name);
  const named: Members = { nulls, empties };
  return Object.fromEntries(
    type.fieldsArray.flatMap((field) => {
      const value = (json as Members)[memberOf(field)] ?? named[field.name];
      return value === undefined || value === null ? [] : [[field.name, toValue(field.resolve(), value)]];
    }),
  );
}

/** `google.protobuf.Value`; what it cannot say of a value, such as undefined, is a message with nothing set. */
function toAnyValue(json: unknown): object {
  if (json === null) return { null_value: 0 };
  if (typeof json === 'string') return { string_value: json };
  if (typeof json === 'number') return { number_value: json };
  if (typeof json === 'boolean') return { bool_value: json };
  if (Array.isArray(json)) return { list_value: { values: json.map(toAnyValue) } };
  if (typeof json !== 'object') return {};
  return { struct_value: { fields: Object.entries(json).map(([key, value]) => ({ key, value: toAnyValue(value) })) } };
}

function toValue(field: protobuf.Field, value: unknown): unknown {
  const type = typeOf(field);
  if (type === null) return value;
  if (isMap(field)) return Object.entries(value as Members).map(([key, item]) => toMessage(type, { key, value: item }));
  return Array.isArray(value) ? value.map((item) => toMessage(type, item)) : toMessage(type, value);
}

function fromMessage(type: protobuf.Type, message: unknown): unknown {
  const members = message as Members;
  if (type.fullName === '.google.protobuf.Struct') return fromMap(type.fields.fields, members.fields);
  if (type.fullName === '.google.protobuf.Value') return fromAnyValue(type, members);
  const read = type.fieldsArray
    .filter(({ name }) => members[name] !== undefined && name !== 'nulls' && name !== 'empties')
    .map((field) => [memberOf(field), fromValue(field.resolve(), members[field.name])] as const);
  const named = (name: string, value: unknown): (readonly [string, unknown])[] =>
    ((members[name] ?? []) as readonly string[]).map((member) => [member, value]);
  return Object.fromEntries([...read, ...named('nulls', null), ...named('empties', [])]);
}

function fromValue(field: protobuf.Field, value: unknown): unknown {
  const type = typeOf(field);
  if (type === null) return value;
  if (isMap(field)) return fromMap(field, value);
  return Array.isArray(value) ? value.map((item) => fromMessage(type, item)) : fromMessage(type, value);
}

/** A map is a list of entries to this library, where it learns of it by reflection. */
function fromMap(field: protobuf.Field | undefined, entries: unknown): unknown {
  const type = field === undefined ? null : typeOf(field.resolve());
  const value = type?.fields.value?.resolve();
  if (value === undefined) throw new Error('No map');
  const read = (entries ?? []) as readonly { readonly key: string; readonly value: unknown }[];
  return Object.fromEntries(read.map(({ key, value: item }) => [key, fromValue(value, item)]));
}

function fromAnyValue(type: protobuf.Type, members: Members): unknown {
  const [name = 'null_value', value] = Object.entries(members)[0] ?? [];
  if (name === 'null_value') return null;
  const read = fromValue(must(type.fields[name], name).resolve(), value);
  return name === 'list_value' ? (read as { readonly values: unknown }).values : read;
}

function typeOf({ resolvedType }: protobuf.Field): protobuf.Type | null {
  return resolvedType instanceof protobuf.Type ? resolvedType : null;
}

function isMap(field: protobuf.Field): boolean {
  return typeOf(field)?.name.endsWith('Entry') ?? false;
}

function memberOf({ name }: protobuf.Field): string {
  return name.replaceAll(/_(\w)/g, (_score, letter: string) => letter.toUpperCase());
}
