import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asCaller } from '../adapters/database.ts';
import { isPossiblePrefix } from '../domain/object-key.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { wireTime } from '../domain/stored-object.ts';
import { readJson } from './read-json.ts';
import { bucketOf, visitOf } from './visit-of.ts';

const MAX_LISTED = 1_500;
const MAX_LISTED_V2 = 1_000;
/** A page this far away is reached faster by a prefix. */
const MAX_OFFSET = 1_000_000;
const MAX_PREFIX_CHARACTERS = 2_048;

const prefix = z.string().max(MAX_PREFIX_CHARACTERS).nullish();

const listing = z.object({
  prefix,
  search: z.string().max(MAX_PREFIX_CHARACTERS).nullish(),
  limit: z.number().int().min(1).nullish(),
  offset: z.number().int().min(0).max(MAX_OFFSET).nullish(),
  sortBy: z
    .object({
      column: z.enum(['name', 'updated_at', 'created_at', 'last_accessed_at']).nullish(),
      order: z.enum(['asc', 'desc']).nullish(),
    })
    .nullish(),
});

const listingV2 = z.object({
  prefix,
  limit: z.number().int().min(1).nullish(),
  cursor: z.string().max(8_192).nullish(),
  with_delimiter: z.boolean().nullish(),
  sortBy: z
    .object({
      column: z.enum(['name', 'created_at', 'updated_at']).nullish(),
      order: z.enum(['asc', 'desc']).nullish(),
    })
    .nullish(),
});

interface Entry {
  readonly name: string;
  readonly id: string | null;
  readonly updated_at: string | null;
  readonly created_at: string | null;
  readonly last_accessed_at: string | null;
  readonly metadata: unknown;
}

/** Listings show what the caller's policies show. */
export function addListRoutes(app: FastifyInstance): void {
  app.post('/object/list/:bucket', list);
  app.post('/object/list-v2/:bucket', listV2);
}

async function list(request: FastifyRequest): Promise<object> {
  const body = await readJson(request, listing);
  const given = body.prefix ?? '';
  const folder = given === '' || given.endsWith('/') ? given : `${given}/`;
  const search = body.search ?? '';
  if (!isPossiblePrefix(folder + search)) return [];
  const entries = await asCaller<Entry>(visitOf(request), {
    operation: 'storage.object.list',
    text: 'select row_to_json(e) from storage.search($1, $2, $3, 1, $4, $5, $6, $7) e',
    values: [
      folder,
      bucketOf(request),
      String(Math.min(body.limit ?? 100, MAX_LISTED)),
      String(body.offset ?? 0),
      search,
      body.sortBy?.column ?? 'name',
      body.sortBy?.order ?? 'asc',
    ],
    readOnly: true,
  });
  return entries.map(({ name, id, updated_at, created_at, last_accessed_at, metadata }) => ({
    name,
    id,
    updated_at: wireTime(updated_at),
    created_at: wireTime(created_at),
    last_accessed_at: wireTime(last_accessed_at),
    metadata,
  }));
}

async function listV2(request: FastifyRequest): Promise<object> {
  const body = await readJson(request, listingV2);
  const limit = Math.min(body.limit ?? MAX_LISTED_V2, MAX_LISTED_V2);
  const column = body.sortBy?.column ?? 'name';
  const prefixText = body.prefix ?? '';
  if (!isPossiblePrefix(prefixText)) return { hasNext: false, folders: [], objects: [] };
  const page = { bucket: bucketOf(request), prefix: prefixText, limit, descending: body.sortBy?.order === 'desc' };
  const cursor = readCursor(body.cursor ?? null);
  const visit = visitOf(request);
  // One more than asked for tells whether there is more.
  const found =
    column === 'name'
      ? await asCaller<Entry & { readonly position: string }>(visit, {
          operation: 'storage.object.list_v2',
          text: 'select row_to_json(e) from storage.list_entries($1, $2, $3, $4, $5::boolean, $6::boolean) e',
          values: [
            page.bucket,
            page.prefix,
            cursor,
            String(limit + 1),
            String(page.descending),
            String(body.with_delimiter === true),
          ],
          readOnly: true,
        })
      : await asCaller<Entry & { readonly position: string }>(visit, {
          operation: 'storage.object.list_v2',
          // Column and order are words of the schema above.
          text: `select row_to_json(r) from (
              select o.name, o.id, o.updated_at, o.created_at, o.last_accessed_at, o.metadata,
                     o.${column}::text || ' ' || o.id as position
                from storage.objects o
               where o.bucket_id = $1 and o.sort_key > lower($2) and o.sort_key < lower($2) || chr(1114111)
                 and ($3::text is null or (o.${column}, o.id) ${page.descending ? '<' : '>'}
                      (regexp_replace($3, ' [^ ]*$', '')::timestamptz, regexp_replace($3, '^.* ', '')::uuid))
               order by o.${column} ${page.descending ? 'desc' : 'asc'}, o.id ${page.descending ? 'desc' : 'asc'}
               limit $4) r`,
          values: [page.bucket, page.prefix, cursor, String(limit + 1)],
          readOnly: true,
        });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const hasNext = found.length > limit;
  return {
    hasNext,
    ...(hasNext && last !== undefined ? { nextCursor: Buffer.from(last.position).toString('base64url') } : {}),
    folders: shown.filter((entry) => entry.id === null).map(({ name }) => ({ key: name, name })),
    objects: shown
      .filter((entry) => entry.id !== null)
      .map(({ name, id, updated_at, created_at, last_accessed_at, metadata }) => ({
        id,
        key: name,
        name,
        updated_at: wireTime(updated_at),
        created_at: wireTime(created_at),
        last_accessed_at: wireTime(last_accessed_at),
        metadata,
      })),
  };
}

function readCursor(cursor: string | null): string | null {
  if (cursor === null || cursor === '') return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (text.includes('\0') || text.includes('\uFFFD')) {
    throw storageErrors.invalidRequest({ detail: 'body/cursor is not valid: it is none of ours' });
  }
  return text;
}
