import type { ProtoField, ProtoMessage, ProtoMethod, ProtoModel } from './proto-model.ts';

/** The model as a `.proto` file that stands by itself: any generator of clients reads it. */
export function printProto({ package: name, service, summary, messages, methods }: ProtoModel): string {
  const usesStruct = messages.some(({ fields }) =>
    fields.some(({ type }) => 'message' in type && type.message.startsWith('google.protobuf.')),
  );
  return [
    `// ${summary}. Made from the suite's use cases; field numbers follow from the names of members.`,
    'syntax = "proto3";',
    '',
    `package ${name};`,
    '',
    ...(usesStruct ? ['import "google/protobuf/struct.proto";', ''] : []),
    `service ${service} {`,
    methods.map(printMethod).join('\n\n'),
    '}',
    ...messages.flatMap((message) => ['', ...printMessage(message)]),
    '',
  ].join('\n');
}

function printMethod({ name, useCase, request, response }: ProtoMethod): string {
  const signature = `  rpc ${name}(${request}) returns (${response})`;
  return [
    ...comment(useCase.summary, '  '),
    useCase.kind === 'query' ? `${signature} {\n    option idempotency_level = NO_SIDE_EFFECTS;\n  }` : `${signature};`,
  ].join('\n');
}

function printMessage({ name, fields }: ProtoMessage): readonly string[] {
  return fields.length === 0 ? [`message ${name} {}`] : [`message ${name} {`, ...fields.flatMap(printField), '}'];
}

function printField({ name, jsonName, number, type, label, comment: said }: ProtoField): readonly string[] {
  const typeName = 'scalar' in type ? type.scalar : type.message;
  const whole = label === 'map' ? `map<string, ${typeName}>` : label === null ? typeName : `${label} ${typeName}`;
  const json = jsonNameOf(name) === jsonName ? '' : ` [json_name = ${JSON.stringify(jsonName)}]`;
  return [...comment(said, '  '), `  ${whole} ${name} = ${number}${json};`];
}

/** What Protocol Buffers make of a name by themselves. */
function jsonNameOf(name: string): string {
  return name.replaceAll(/_(\w)/g, (_score, letter: string) => letter.toUpperCase());
}

function comment(text: string | undefined, indent: string): readonly string[] {
  return (text ?? '').split('\n').flatMap((line) => (line === '' ? [] : [`${indent}// ${line}`]));
}
