import { create, createFileRegistry, type DescService } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { must } from '@ashlar/kernel';

/** Versions of the protocol clients ask in; they differ in nothing but the name. */
export type ReflectionVersion = 'v1' | 'v1alpha';

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: Type;
  readonly message?: string;
  readonly repeated?: boolean;
  /** Of the message's one choice. */
  readonly choice?: boolean;
}

const text = (name: string, number: number, more: Partial<Field> = {}): Field => {
  return { name, number, type: Type.STRING, ...more };
};
const part = (name: string, number: number, message: string, more: Partial<Field> = {}): Field => {
  return { name, number, type: Type.MESSAGE, message, ...more };
};
const choice = true;

/** `grpc/reflection/v1/reflection.proto`, as far as its messages are on the wire. */
const MESSAGES: Readonly<Record<string, { readonly choice?: string; readonly fields: readonly Field[] }>> = {
  ServerReflectionRequest: {
    choice: 'message_request',
    fields: [
      text('host', 1),
      text('file_by_filename', 3, { choice }),
      text('file_containing_symbol', 4, { choice }),
      part('file_containing_extension', 5, 'ExtensionRequest', { choice }),
      text('all_extension_numbers_of_type', 6, { choice }),
      text('list_services', 7, { choice }),
    ],
  },
  ExtensionRequest: {
    fields: [text('containing_type', 1), { name: 'extension_number', number: 2, type: Type.INT32 }],
  },
  ServerReflectionResponse: {
    choice: 'message_response',
    fields: [
      text('valid_host', 1),
      part('original_request', 2, 'ServerReflectionRequest'),
      part('file_descriptor_response', 4, 'FileDescriptorResponse', { choice }),
      part('all_extension_numbers_response', 5, 'ExtensionNumberResponse', { choice }),
      part('list_services_response', 6, 'ListServiceResponse', { choice }),
      part('error_response', 7, 'ErrorResponse', { choice }),
    ],
  },
  FileDescriptorResponse: {
    fields: [{ name: 'file_descriptor_proto', number: 1, type: Type.BYTES, repeated: true }],
  },
  ExtensionNumberResponse: {
    fields: [text('base_type_name', 1), { name: 'extension_number', number: 2, type: Type.INT32, repeated: true }],
  },
  ListServiceResponse: { fields: [part('service', 1, 'ServiceResponse', { repeated: true })] },
  ServiceResponse: { fields: [text('name', 1)] },
  ErrorResponse: { fields: [{ name: 'error_code', number: 1, type: Type.INT32 }, text('error_message', 2)] },
};

/** The reflection service of a version, made without a compiler. */
export function reflectionService(version: ReflectionVersion): DescService {
  const pack = `grpc.reflection.${version}`;
  const file = create(FileDescriptorProtoSchema, {
    name: `grpc/reflection/${version}/reflection.proto`,
    package: pack,
    syntax: 'proto3',
    messageType: Object.entries(MESSAGES).map(([name, { choice: oneof, fields }]) => ({
      name,
      oneofDecl: oneof === undefined ? [] : [{ name: oneof }],
      field: fields.map(({ name: field, number, type, message, repeated, choice: isChoice }) => ({
        name: field,
        jsonName: field.replaceAll(/_(\w)/g, (_score, letter: string) => letter.toUpperCase()),
        number,
        type,
        label: repeated === true ? Label.REPEATED : Label.OPTIONAL,
        ...(message === undefined ? {} : { typeName: `.${pack}.${message}` }),
        ...(isChoice === true ? { oneofIndex: 0 } : {}),
      })),
    })),
    service: [
      {
        name: 'ServerReflection',
        method: [
          {
            name: 'ServerReflectionInfo',
            inputType: `.${pack}.ServerReflectionRequest`,
            outputType: `.${pack}.ServerReflectionResponse`,
            clientStreaming: true,
            serverStreaming: true,
          },
        ],
      },
    ],
  });
  const registry = createFileRegistry(file, () => undefined);
  return must(registry.getService(`${pack}.ServerReflection`), pack);
}
