import { createHash } from 'node:crypto';
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';
import type { ContractFormat } from '../domain/contract-format.ts';
import { registryErrors } from '../domain/registry-errors.ts';
import { checkReferences } from './check-references.ts';
import { canonicalJson, checkJson, isObject, type JsonObject } from './json-document.ts';
import { parseProto, type ProtoFile } from './parse-proto.ts';

const MAX_DOCUMENT_BYTES = 2_097_152;
const MAX_SDL_TOKENS = 200_000;

/** A document that was read, ready to be compared. */
export type Contract = ContractText &
  (
    | { readonly format: 'json-schema' | 'openapi' | 'asyncapi'; readonly json: JsonObject }
    | { readonly format: 'graphql'; readonly schema: GraphQLSchema }
    | { readonly format: 'proto'; readonly proto: ProtoFile }
  );

interface ContractText {
  /** The same for equal documents: members in the order of their names, one kind of line end. */
  readonly text: string;
  /** SHA-256 of the text, hex: the document's address. */
  readonly hash: string;
}

/**
 * Reads what somebody wants to register.
 *
 * @param document JSON formats: a value, or its text. Others: text.
 * @throws {AshlarError} `registry.document_malformed`, `registry.document_too_large`.
 */
export function readContract(format: ContractFormat, document: unknown): Contract {
  if (format === 'graphql') {
    const text = readText(format, document);
    return { ...addressed(text), format, schema: readSdl(text) };
  }
  if (format === 'proto') {
    const text = readText(format, document);
    return { ...addressed(text), format, proto: parseProto(text) };
  }
  const json = checkJson(typeof document === 'string' ? readJson(format, document) : document, format);
  checkShape(format, json);
  checkReferences(format, json);
  return { ...addressed(bounded(canonicalJson(json))), format, json };
}

function addressed(text: string): ContractText {
  return { text, hash: createHash('sha256').update(text).digest('hex') };
}

function bounded(text: string): string {
  if (Buffer.byteLength(text) <= MAX_DOCUMENT_BYTES) return text;
  throw registryErrors.documentTooLarge({ most: MAX_DOCUMENT_BYTES, what: 'bytes' });
}

function readText(format: ContractFormat, document: unknown): string {
  if (typeof document !== 'string') throw registryErrors.documentMalformed({ format, reason: 'it is no text' });
  const text = bounded(document).replaceAll('\r\n', '\n');
  // PostgreSQL keeps no NUL, and half a surrogate pair is no UTF-8.
  if (text.includes('\0') || !text.isWellFormed()) {
    throw registryErrors.documentMalformed({ format, reason: 'it holds what is no character' });
  }
  return `${text.trim()}\n`;
}

function readJson(format: ContractFormat, text: string): unknown {
  try {
    return JSON.parse(bounded(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw registryErrors.documentMalformed({ format, reason: error.message.slice(0, 200) });
  }
}

function checkShape(format: ContractFormat, json: JsonObject): void {
  const refuse = (reason: string): Error => registryErrors.documentMalformed({ format, reason });
  if (format === 'openapi') {
    if (!/^3\.[01]\.\d+$/.test(String(json.openapi))) throw refuse('its member openapi is not 3.0 or 3.1');
    if (json.paths !== undefined && !isObject(json.paths)) throw refuse('its paths are no object');
  }
  if (format === 'asyncapi') {
    if (!/^3\.\d+\.\d+$/.test(String(json.asyncapi))) throw refuse('its member asyncapi is not 3');
    if (!isObject(json.channels ?? {})) throw refuse('its channels are no object');
  }
}

function readSdl(text: string): GraphQLSchema {
  try {
    return buildASTSchema(parse(text, { maxTokens: MAX_SDL_TOKENS, noLocation: true }));
  } catch (error) {
    // Also for a stack that brackets within brackets have used up: nothing but the document can be at fault here.
    const reason = error instanceof Error ? error.message.slice(0, 300) : 'it cannot be read';
    throw registryErrors.documentMalformed({ format: 'graphql', reason });
  }
}
