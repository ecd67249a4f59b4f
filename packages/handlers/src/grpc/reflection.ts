import {
  type DescFile,
  type DescMethodBiDiStreaming,
  type DescService,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code, type ConnectRouter } from '@connectrpc/connect';
import { reflectionService } from './reflection-descriptor.ts';

/** Questions a client may ask in one stream. */
const MAX_QUESTIONS = 1000;

/** Answers what a server can do to clients that bring no contract along: grpcurl, Postman, and the like. */
export function addReflection(router: ConnectRouter, services: readonly DescService[]): void {
  const versions = [reflectionService('v1'), reflectionService('v1alpha')];
  const index = indexOf([...services, ...versions].map(({ file }) => file));
  const names = [...services, ...versions].map(({ typeName }) => typeName);
  for (const { methods } of versions) {
    const [method] = methods;
    if (method === undefined) continue;
    // Both directions stream; the library's type of any method does not tell.
    router.rpc(method as DescMethodBiDiStreaming, async function* reflect(questions: AsyncIterable<Message>) {
      let asked = 0;
      for await (const question of questions) {
        asked += 1;
        if (asked > MAX_QUESTIONS) return;
        // A message is an object in the JSON mapping.
        const json = toJson(method.input, question) as JsonObject;
        yield fromJson(method.output, {
          validHost: json.host ?? '',
          originalRequest: json,
          ...answerTo(json, index, names),
        });
      }
    });
  }
}

interface Index {
  readonly byName: ReadonlyMap<string, DescFile>;
  readonly bySymbol: ReadonlyMap<string, DescFile>;
}

function indexOf(files: readonly DescFile[]): Index {
  const byName = new Map<string, DescFile>();
  const bySymbol = new Map<string, DescFile>();
  const visit = (file: DescFile): void => {
    const name = file.proto.name;
    if (byName.has(name)) return;
    byName.set(name, file);
    for (const type of nestedTypes(file)) {
      bySymbol.set(type.typeName, file);
      if (type.kind === 'message')
        for (const { name: field } of type.fields) bySymbol.set(`${type.typeName}.${field}`, file);
      if (type.kind === 'service')
        for (const { name: method } of type.methods) bySymbol.set(`${type.typeName}.${method}`, file);
    }
    for (const other of file.dependencies) visit(other);
  };
  for (const file of files) visit(file);
  return { byName, bySymbol };
}

function answerTo(question: JsonObject, { byName, bySymbol }: Index, services: readonly string[]): JsonObject {
  const { fileByFilename, fileContainingSymbol, allExtensionNumbersOfType, listServices } = question;
  if (listServices !== undefined) {
    return { listServicesResponse: { service: services.map((name) => ({ name })) } };
  }
  if (typeof fileByFilename === 'string') return filesFrom(byName.get(fileByFilename), fileByFilename);
  if (typeof fileContainingSymbol === 'string') {
    const symbol = fileContainingSymbol.replace(/^\./, '');
    return filesFrom(bySymbol.get(symbol), symbol);
  }
  if (typeof allExtensionNumbersOfType === 'string') {
    const isKnown = bySymbol.has(allExtensionNumbersOfType);
    return isKnown
      ? { allExtensionNumbersResponse: { baseTypeName: allExtensionNumbersOfType } }
      : failure(Code.NotFound, `There is no type ${allExtensionNumbersOfType}`);
  }
  return failure(Code.NotFound, 'There is no such extension');
}

/** The file with all it depends on, so that one answer is enough. */
function filesFrom(file: DescFile | undefined, asked: string): JsonObject {
  if (file === undefined) return failure(Code.NotFound, `There is no file or symbol ${asked}`);
  const files = new Set<DescFile>();
  const visit = (one: DescFile): void => {
    if (files.has(one)) return;
    files.add(one);
    for (const other of one.dependencies) visit(other);
  };
  visit(file);
  const bytes = [...files].map(({ proto }): JsonValue =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, proto)).toString('base64'),
  );
  return { fileDescriptorResponse: { fileDescriptorProto: bytes } };
}

function failure(code: Code, message: string): JsonObject {
  return { errorResponse: { errorCode: code, errorMessage: message } };
}
