import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { VersionSelector, Visibility } from '../adapters/read-contracts.ts';
import { CONTRACT_FORMATS, type ContractFormat } from '../domain/contract-format.ts';
import { type ContractVersion, parseVersion } from '../domain/contract-version.ts';
import { registryErrors } from '../domain/registry-errors.ts';

const MAX_PAGE = 200;
const SUBJECT = /^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/;
const HASH = /^[0-9a-f]{64}$/;

export interface CheckInput {
  readonly format: ContractFormat;
  readonly document: unknown;
}
export interface ContractInput extends CheckInput {
  readonly visibility: Visibility;
}
export interface PageInput {
  readonly search?: string | undefined;
  readonly format?: ContractFormat | undefined;
  readonly after: string;
  readonly limit: number;
}
export interface PairInput {
  readonly from: string;
  readonly to: string;
}

const newContract = z.strictObject({
  format: z.enum(CONTRACT_FORMATS),
  document: z.union([z.string(), z.record(z.string(), z.unknown())]),
  visibility: z.enum(['public', 'private']).default('private'),
});
const checked = newContract.omit({ visibility: true });
const page = z.strictObject({
  search: z.string().min(1).max(200).toLowerCase().optional(),
  format: z.enum(CONTRACT_FORMATS).optional(),
  after: z.string().max(200).default(''),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
});
const pair = z.strictObject({ from: z.string().max(30), to: z.string().max(30).default('latest') });

export const readNewContract = (body: unknown): ContractInput => parse(newContract, body, 'body');
export const readChecked = (body: unknown): CheckInput => parse(checked, body, 'body');
export const readPage = (query: unknown): PageInput => parse(page, query, 'query');
export const readPair = (query: unknown): PairInput => parse(pair, query, 'query');

/** @throws {AshlarError} `registry.invalid_request` for what can be no subject. */
export function subjectOf({ params }: FastifyRequest): string {
  const { subject } = params as { readonly subject: string };
  if (SUBJECT.test(subject) && subject.length <= 200) return subject;
  const detail = `Subjects have lower case letters and digits, divided by . - or _, got ${subject.slice(0, 50)}`;
  throw registryErrors.invalidRequest({ detail });
}

/** `latest`, `2` or `2.1.0`. @throws {AshlarError} `registry.invalid_request`. */
export function selectorOf(text: string): VersionSelector {
  if (text === 'latest') return {};
  if (/^(0|[1-9]\d{0,5})$/.test(text)) return { major: Number(text) };
  return versionOf(text);
}

/** @throws {AshlarError} `registry.invalid_request`. */
export function versionOf(text: string): ContractVersion {
  const version = parseVersion(text);
  if (version !== undefined) return version;
  throw registryErrors.invalidRequest({ detail: `A version looks like 2.1.0, got ${text.slice(0, 50)}` });
}

export function versionParameter({ params }: FastifyRequest): string {
  // The route has this parameter.
  return (params as { readonly version: string }).version;
}

/** @throws {AshlarError} `registry.not_found` for what can be no document's. */
export function hashOf({ params }: FastifyRequest): string {
  const { hash } = params as { readonly hash: string };
  if (!HASH.test(hash)) throw registryErrors.notFound({ what: 'document', id: hash.slice(0, 100) });
  return hash;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.infer<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [place, ...(issue?.path ?? [])].map(String).join('/');
  throw registryErrors.invalidRequest({ detail: `${path}: ${issue?.message ?? 'is not valid'}`.slice(0, 500) });
}
