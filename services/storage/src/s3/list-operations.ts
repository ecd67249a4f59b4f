import { asCaller } from '../adapters/database.ts';
import { readBucketRules } from '../application/store-object.ts';
import { isPossiblePrefix } from '../domain/object-key.ts';
import type { ObjectMetadata } from '../domain/stored-object.ts';
import { etagOf } from '../routes/download-routes.ts';
import { bucketOf, integerOf, type Operation, type S3Call, xmlAnswer } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import { encode } from './signature-v4.ts';
import { element, type Xml, xmlDocument } from './write-xml.ts';

interface Entry {
  readonly name: string;
  readonly is_prefix: boolean;
  readonly id: string;
  readonly version: string | null;
  readonly metadata: ObjectMetadata | null;
  readonly updated_at: string;
  readonly owner_id: string | null;
}

interface Page {
  readonly entries: readonly Entry[];
  readonly isTruncated: boolean;
}

interface Asked {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** As names are written into the answer. */
  readonly spell: (name: string) => string;
  readonly encodingType: string | null;
}

const MAX_KEYS = 1_000;

export const listObjects: Operation = async (call) => {
  const asked = readAsked(call);
  const marker = call.target.parameters.get('marker') ?? '';
  const { entries, isTruncated } = await readPage(call, asked, marker);
  const next = isTruncated && asked.delimiter !== '' ? (entries.at(-1)?.name ?? null) : null;
  return xmlAnswer(
    xmlDocument('ListBucketResult', [
      ...common(asked, isTruncated),
      element('Marker', asked.spell(marker)),
      element('NextMarker', next === null ? null : asked.spell(next)),
      ...contents(call, asked, entries, true),
    ]),
  );
};

export const listObjectsV2: Operation = async (call) => {
  const { parameters } = call.target;
  if (parameters.get('list-type') !== '2') throw s3Errors.invalidArgument({ name: 'list-type' });
  const asked = readAsked(call);
  const startAfter = parameters.get('start-after') ?? '';
  const token = parameters.get('continuation-token');
  const { entries, isTruncated } = await readPage(call, asked, token === undefined ? startAfter : nameOfToken(token));
  const last = entries.at(-1);
  return xmlAnswer(
    xmlDocument('ListBucketResult', [
      ...common(asked, isTruncated),
      element('KeyCount', entries.length),
      element('ContinuationToken', token ?? null),
      element('NextContinuationToken', isTruncated && last !== undefined ? tokenOf(last.name) : null),
      element('StartAfter', startAfter === '' ? null : asked.spell(startAfter)),
      ...contents(call, asked, entries, parameters.get('fetch-owner') === 'true'),
    ]),
  );
};

function readAsked(call: S3Call): Asked {
  const { parameters } = call.target;
  const encodingType = parameters.get('encoding-type') ?? null;
  if (encodingType !== null && encodingType !== 'url') throw s3Errors.invalidArgument({ name: 'encoding-type' });
  return {
    bucket: bucketOf(call),
    prefix: parameters.get('prefix') ?? '',
    delimiter: parameters.get('delimiter') ?? '',
    maxKeys: integerOf(call, 'max-keys', { min: 0, max: MAX_KEYS, fallback: MAX_KEYS }),
    spell: encodingType === null ? (name) => name : (name) => name.split('/').map(encode).join('/'),
    encodingType,
  };
}

async function readPage(call: S3Call, asked: Asked, after: string): Promise<Page> {
  const { bucket, prefix, delimiter, maxKeys } = asked;
  await readBucketRules(call.visit, bucket);
  // Asking for nothing is asking whether there is something: never.
  const isPossible = maxKeys > 0 && [prefix, delimiter, after].every(isPossiblePrefix);
  if (!isPossible) return { entries: [], isTruncated: false };
  const found = await asCaller<Entry>(call.visit, {
    operation: 'storage.s3.object.list',
    text: 'select row_to_json(e) from storage.list_s3_entries($1, $2, $3, $4, $5) e',
    values: [bucket, prefix, delimiter, after, String(maxKeys + 1)],
    readOnly: true,
  });
  return { entries: found.slice(0, maxKeys), isTruncated: found.length > maxKeys };
}

function common({ bucket, prefix, delimiter, maxKeys, spell, encodingType }: Asked, isTruncated: boolean): Xml[] {
  return [
    element('Name', bucket),
    element('Prefix', spell(prefix)),
    element('Delimiter', delimiter === '' ? null : spell(delimiter)),
    element('MaxKeys', maxKeys),
    element('EncodingType', encodingType),
    element('IsTruncated', isTruncated),
  ];
}

function contents({ visit }: S3Call, { spell }: Asked, entries: readonly Entry[], withOwner: boolean): Xml[] {
  const files = entries.filter(({ is_prefix: isPrefix }) => !isPrefix);
  const prefixes = entries.filter(({ is_prefix: isPrefix }) => isPrefix);
  const { ref } = visit.context.project;
  return [
    ...files.map((file) =>
      element('Contents', [
        element('Key', spell(file.name)),
        element('LastModified', new Date(file.metadata?.lastModified ?? file.updated_at).toISOString()),
        element('ETag', etagOf(file)),
        element('Size', file.metadata?.size ?? 0),
        element('StorageClass', 'STANDARD'),
        withOwner
          ? element('Owner', element('ID', file.owner_id ?? ref), element('DisplayName', file.owner_id ?? ref))
          : null,
      ]),
    ),
    ...prefixes.map(({ name }) => element('CommonPrefixes', element('Prefix', spell(name)))),
  ];
}

function tokenOf(name: string): string {
  return Buffer.from(`1${name}`).toString('base64url');
}

/** @throws {AshlarError} `s3.invalid_argument` for what is no token of ours. */
function nameOfToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('1') || tokenOf(text.slice(1)) !== token) {
    throw s3Errors.invalidArgument({ name: 'continuation-token' });
  }
  return text.slice(1);
}
