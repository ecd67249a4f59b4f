import { registryErrors } from '../domain/registry-errors.ts';
import { createTokens, type Tokens } from './proto-tokens.ts';

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** As written: `string`, `map<string, int64>`, `.shop.Line`. */
  readonly type: string;
  readonly label: 'one' | 'optional' | 'required' | 'repeated';
  readonly oneof: string | null;
}

export interface ProtoMessage {
  readonly name: string;
  readonly fields: readonly ProtoField[];
  /** Inclusive. */
  readonly reserved: readonly (readonly [from: number, to: number])[];
}

export interface ProtoEnum {
  readonly name: string;
  readonly values: ReadonlyMap<string, number>;
}

export interface ProtoMethod {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly streams: 'none' | 'client' | 'server' | 'both';
}

/** What other programs rely on of a `.proto` file; names of nested types have dots. */
export interface ProtoFile {
  readonly syntax: string;
  readonly package: string;
  readonly messages: ReadonlyMap<string, ProtoMessage>;
  readonly enums: ReadonlyMap<string, ProtoEnum>;
  readonly services: ReadonlyMap<string, ReadonlyMap<string, ProtoMethod>>;
}

const MAX_FIELD_NUMBER = 536_870_911;
const MAX_NESTING = 32;

/** Reads proto2 and proto3, without following imports. @throws {AshlarError} `registry.document_malformed`. */
export function parseProto(text: string): ProtoFile {
  const tokens = createTokens(text);
  const file = {
    syntax: 'proto2',
    package: '',
    messages: new Map<string, ProtoMessage>(),
    enums: new Map<string, ProtoEnum>(),
    services: new Map<string, ReadonlyMap<string, ProtoMethod>>(),
  };
  while (!tokens.atEnd()) {
    const word = tokens.next();
    if (word === 'syntax' || word === 'edition') {
      tokens.expect('=');
      file.syntax = tokens.next().slice(1, -1);
      tokens.expect(';');
    } else if (word === 'package') {
      file.package = tokens.next();
      tokens.expect(';');
    } else if (word === 'message') readMessage(tokens, '', file, 0);
    else if (word === 'enum') readEnum(tokens, '', file.enums);
    else if (word === 'service') readService(tokens, file.services);
    else if (word === 'import' || word === 'option') tokens.skipStatement();
    else if (word !== ';') throw fault(`${word} at its outermost level`);
  }
  return file;
}

function fault(reason: string): Error {
  return registryErrors.documentMalformed({ format: 'proto', reason: reason.slice(0, 200) });
}

interface Types {
  readonly messages: Map<string, ProtoMessage>;
  readonly enums: Map<string, ProtoEnum>;
}

function readMessage(tokens: Tokens, outer: string, types: Types, level: number): void {
  if (level > MAX_NESTING) throw fault(`messages are nested more than ${MAX_NESTING} deep`);
  const name = qualified(outer, tokens.next());
  if (types.messages.has(name) || types.enums.has(name)) throw fault(`${name} is there twice`);
  const fields: ProtoField[] = [];
  const reserved: (readonly [number, number])[] = [];
  types.messages.set(name, { name, fields, reserved });
  tokens.expect('{');
  for (let word = tokens.next(); word !== '}'; word = tokens.next()) {
    if (word === 'message') readMessage(tokens, name, types, level + 1);
    else if (word === 'enum') readEnum(tokens, name, types.enums);
    else if (word === 'oneof') readOneof(tokens, fields);
    else if (word === 'reserved') reserved.push(...readReserved(tokens));
    else if (word === 'option' || word === 'extensions') tokens.skipStatement();
    else if (word === 'extend' || word === 'group') throw fault(`${word} is not understood`);
    else if (word !== ';') fields.push(readField(tokens, word, null));
  }
  const numbers = new Set(fields.map(({ number }) => number));
  const names = new Set(fields.map((field) => field.name));
  if (numbers.size < fields.length || names.size < fields.length) throw fault(`${name} has a name or number twice`);
  const taken = fields.find(({ number }) => reserved.some(([from, to]) => number >= from && number <= to));
  if (taken !== undefined) throw fault(`${name}.${taken.name} has a reserved number`);
}

function readOneof(tokens: Tokens, fields: ProtoField[]): void {
  const oneof = tokens.next();
  tokens.expect('{');
  for (let word = tokens.next(); word !== '}'; word = tokens.next()) {
    if (word === 'option') tokens.skipStatement();
    else if (word !== ';') fields.push(readField(tokens, word, oneof));
  }
}

function readField(tokens: Tokens, first: string, oneof: string | null): ProtoField {
  const labelled = first === 'optional' || first === 'required' || first === 'repeated';
  let type = labelled ? tokens.next() : first;
  if (type === 'map') {
    tokens.expect('<');
    const key = tokens.next();
    tokens.expect(',');
    type = `map<${key}, ${tokens.next()}>`;
    tokens.expect('>');
  }
  const name = tokens.next();
  tokens.expect('=');
  const number = readNumber(tokens.next(), 1, MAX_FIELD_NUMBER);
  if (tokens.peek() === '[') tokens.skipBrackets();
  tokens.expect(';');
  return { name, number, type, label: labelled ? first : 'one', oneof };
}

function readReserved(tokens: Tokens): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (let word = tokens.next(); word !== ';'; word = tokens.next()) {
    // Names are kept apart by nobody but compilers.
    if (word === ',' || word.startsWith('"') || word.startsWith("'") || /^[A-Za-z_]/.test(word)) continue;
    const from = readNumber(word, 1, MAX_FIELD_NUMBER);
    if (tokens.peek() !== 'to') {
      ranges.push([from, from]);
      continue;
    }
    tokens.expect('to');
    const end = tokens.next();
    ranges.push([from, end === 'max' ? MAX_FIELD_NUMBER : readNumber(end, from, MAX_FIELD_NUMBER)]);
  }
  return ranges;
}

function readEnum(tokens: Tokens, outer: string, enums: Map<string, ProtoEnum>): void {
  const name = qualified(outer, tokens.next());
  const values = new Map<string, number>();
  tokens.expect('{');
  for (let word = tokens.next(); word !== '}'; word = tokens.next()) {
    if (word === 'option' || word === 'reserved') {
      tokens.skipStatement();
    } else if (word !== ';') {
      tokens.expect('=');
      values.set(word, readNumber(tokens.next(), -2_147_483_648, 2_147_483_647));
      if (tokens.peek() === '[') tokens.skipBrackets();
      tokens.expect(';');
    }
  }
  if (enums.has(name)) throw fault(`${name} is there twice`);
  enums.set(name, { name, values });
}

function readService(tokens: Tokens, services: Map<string, ReadonlyMap<string, ProtoMethod>>): void {
  const service = tokens.next();
  const methods = new Map<string, ProtoMethod>();
  tokens.expect('{');
  for (let word = tokens.next(); word !== '}'; word = tokens.next()) {
    if (word === 'option') tokens.skipStatement();
    else if (word === 'rpc') {
      const name = tokens.next();
      const input = readStreamed(tokens);
      tokens.expect('returns');
      const output = readStreamed(tokens);
      const streams = input.stream ? (output.stream ? 'both' : 'client') : output.stream ? 'server' : 'none';
      methods.set(name, { name, input: input.type, output: output.type, streams });
      if (tokens.peek() === '{') tokens.skipBrackets();
      else tokens.expect(';');
    } else if (word !== ';') throw fault(`${word} in service ${service}`);
  }
  if (services.has(service)) throw fault(`${service} is there twice`);
  services.set(service, methods);
}

function readStreamed(tokens: Tokens): { readonly type: string; readonly stream: boolean } {
  tokens.expect('(');
  const stream = tokens.peek() === 'stream';
  if (stream) tokens.expect('stream');
  const type = tokens.next();
  tokens.expect(')');
  return { type, stream };
}

function readNumber(text: string, least: number, most: number): number {
  const number = /^-?(0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw fault(`${text} where a number from ${least} to ${most} belongs`);
}

function qualified(outer: string, name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw fault(`${name} where a name belongs`);
  return outer === '' ? name : `${outer}.${name}`;
}
