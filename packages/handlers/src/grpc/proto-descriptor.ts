import { create, createFileRegistry, type DescFile, type DescMessage, type DescService } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  type FieldDescriptorProto,
  FieldDescriptorProto_Type as Type,
  FieldDescriptorProtoSchema,
  file_google_protobuf_struct,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  MethodOptions_IdempotencyLevel,
} from '@bufbuild/protobuf/wkt';
import { must, type Suite } from '@ashlar/kernel';
import { capital } from '../input/contract-name.ts';
import {
  PROBLEM,
  type ProtoField,
  type ProtoMessage,
  type ProtoMethod,
  protoModel,
  type ScalarType,
} from './proto-model.ts';

/** A suite's service as the libraries of Connect and gRPC know it, made without a compiler. */
export interface SuiteDescriptor {
  readonly file: DescFile;
  readonly service: DescService;
  readonly problem: DescMessage;
  readonly methods: readonly ProtoMethod[];
}

const STRUCT_FILE = 'google/protobuf/struct.proto';
const SCALARS: Readonly<Record<ScalarType, Type>> = {
  string: Type.STRING,
  bool: Type.BOOL,
  double: Type.DOUBLE,
  int64: Type.INT64,
};

const known = new WeakMap<Suite, SuiteDescriptor>();

export function suiteDescriptor(suite: Suite): SuiteDescriptor {
  const found = known.get(suite);
  if (found !== undefined) return found;
  const { package: name, service, methods } = protoModel(suite);
  const path = `ashlar/${suite.name}/v1/${suite.name}.proto`;
  const registry = createFileRegistry(fileOf(suite, path), (wanted) =>
    wanted === STRUCT_FILE ? file_google_protobuf_struct : undefined,
  );
  const made: SuiteDescriptor = {
    file: must(registry.getFile(path), path),
    service: must(registry.getService(`${name}.${service}`), service),
    problem: must(registry.getMessage(`${name}.${PROBLEM}`), PROBLEM),
    methods,
  };
  known.set(suite, made);
  return made;
}

function fileOf(suite: Suite, path: string): FileDescriptorProto {
  const { package: name, service, messages, methods } = protoModel(suite);
  return create(FileDescriptorProtoSchema, {
    name: path,
    package: name,
    syntax: 'proto3',
    dependency: [STRUCT_FILE],
    messageType: messages.map((message) => messageOf(name, message)),
    service: [
      {
        name: service,
        method: methods.map(({ name: method, request, response, useCase }) => ({
          name: method,
          inputType: `.${name}.${request}`,
          outputType: `.${name}.${response}`,
          ...(useCase.kind === 'query'
            ? { options: { idempotencyLevel: MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS } }
            : {}),
        })),
      },
    ],
  });
}

function messageOf(pack: string, { name, fields }: ProtoMessage) {
  const optionals = fields.filter(({ label }) => label === 'optional');
  return {
    name,
    field: fields.map((field) => fieldOf(pack, name, field, optionals.indexOf(field))),
    // Presence of a scalar is a choice of one, in the language of descriptors.
    oneofDecl: optionals.map((field) => ({ name: `_${field.name}` })),
    nestedType: fields
      .filter(({ label }) => label === 'map')
      .map((field) => ({
        name: entryName(field),
        options: { mapEntry: true },
        field: [
          { name: 'key', number: 1, type: Type.STRING, label: Label.OPTIONAL, jsonName: 'key' },
          { name: 'value', number: 2, ...typeOf(pack, field), label: Label.OPTIONAL, jsonName: 'value' },
        ],
      })),
  };
}

function fieldOf(pack: string, message: string, field: ProtoField, optional: number): FieldDescriptorProto {
  const { name, jsonName, number, label } = field;
  const isMap = label === 'map';
  return create(FieldDescriptorProtoSchema, {
    name,
    jsonName,
    number,
    label: isMap || label === 'repeated' ? Label.REPEATED : Label.OPTIONAL,
    ...(isMap ? { type: Type.MESSAGE, typeName: `.${pack}.${message}.${entryName(field)}` } : typeOf(pack, field)),
    ...(optional === -1 ? {} : { proto3Optional: true, oneofIndex: optional }),
  });
}

function typeOf(pack: string, { type }: ProtoField): { readonly type: Type; readonly typeName?: string } {
  if ('scalar' in type) return { type: SCALARS[type.scalar] };
  const { message } = type;
  return { type: Type.MESSAGE, typeName: message.startsWith('google.') ? `.${message}` : `.${pack}.${message}` };
}

function entryName({ name }: ProtoField): string {
  return `${name.split('_').map(capital).join('')}Entry`;
}
