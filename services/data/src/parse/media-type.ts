import { restErrors } from '../rest-errors.ts';

/** What a result is rendered as. */
export type MediaType = RowMediaType | { readonly kind: 'openapi' } | PlanMediaType;

export type RowMediaType =
  | { readonly kind: 'json' }
  /** Exactly one object. */
  | { readonly kind: 'object'; readonly stripNulls: boolean }
  | { readonly kind: 'array'; readonly stripNulls: boolean }
  | { readonly kind: 'csv' }
  | ProducedMediaType;

/** What a function gives as it is to be sent: the name of the domain it returns. */
export interface ProducedMediaType {
  readonly kind: 'produced';
  /** `text/html`; or any type, which the function then names in its headers. */
  readonly type: string;
  readonly isBinary: boolean;
}

/** Instead of the rows, how PostgreSQL would find them. */
export interface PlanMediaType {
  readonly kind: 'plan';
  readonly format: 'json' | 'text';
  readonly options: readonly PlanOption[];
  /** What the rows would have been rendered as. */
  readonly of: RowMediaType;
}

export type PlanOption = (typeof PLAN_OPTIONS)[number];

const PLAN_OPTIONS = ['analyze', 'verbose', 'settings', 'buffers', 'wal'] as const;
const ROW_KINDS = ['json', 'object', 'array', 'csv'] as const;

const JSON_TYPE: RowMediaType = { kind: 'json' };

interface Range {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/**
 * Chooses by the `Accept` header: qualities first, then the order of the header.
 *
 * @param available Kinds this resource can be rendered as.
 * @param produced What the resource itself produces, which is preferred.
 * @throws PGRST107 when none is available.
 */
export function chooseMediaType(
  header: string | undefined,
  available: readonly MediaType['kind'][],
  produced: ProducedMediaType | null = null,
): MediaType {
  if (header === undefined || header === '*/*' || header === 'application/json') {
    if (produced !== null && header !== 'application/json') return produced;
    return available[0] === 'openapi' ? { kind: 'openapi' } : JSON_TYPE;
  }
  const ranges = header
    .split(',')
    .map(parseRange)
    .filter(({ type, quality }) => type !== '' && quality > 0);
  if (ranges.length === 0) return chooseMediaType(undefined, available, produced);
  ranges.sort((left, right) => right.quality - left.quality); // stable: equals keep the header's order
  for (const range of ranges) {
    if (produced !== null && includes(range.type, produced.type)) return produced;
    const type = mediaTypeOf(range, available);
    if (type !== null) return type;
  }
  throw restErrors.mediaTypesUnavailable(ranges.map(({ type }) => type));
}

/** The `Content-Type` of an answer of this type. */
export function contentTypeOf(type: MediaType): string {
  switch (type.kind) {
    case 'json':
      return 'application/json; charset=utf-8';
    case 'object':
      return `application/vnd.pgrst.object+json${type.stripNulls ? ';nulls=stripped' : ''}; charset=utf-8`;
    case 'array':
      return `application/vnd.pgrst.array+json${type.stripNulls ? ';nulls=stripped' : ''}; charset=utf-8`;
    case 'csv':
      return 'text/csv; charset=utf-8';
    case 'openapi':
      return 'application/openapi+json; charset=utf-8';
    case 'plan':
      return `application/vnd.pgrst.plan+${type.format}; charset=utf-8`;
    case 'produced':
      if (type.type === ANY_TYPE) return 'application/octet-stream';
      return type.type.startsWith('text/') ? `${type.type}; charset=utf-8` : type.type;
  }
}

const ANY_TYPE = '*/*';

function includes(range: string, type: string): boolean {
  if (range === type || range === ANY_TYPE || type === ANY_TYPE) return true;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1));
}

function parseRange(text: string): Range {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest
      .filter((part) => part !== '')
      .map((part): [string, string] => {
        const equals = part.indexOf('=');
        const value = equals === -1 ? '' : part.slice(equals + 1);
        return [(equals === -1 ? part : part.slice(0, equals)).toLowerCase(), value.replace(/^"(.*)"$/, '$1')];
      }),
  );
  const quality = Number(parameters.get('q') ?? '1');
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
}

function mediaTypeOf({ type, parameters }: Range, available: readonly MediaType['kind'][]): MediaType | null {
  const stripNulls = parameters.get('nulls') === 'stripped';
  switch (type) {
    case '*/*':
    case 'application/*':
      return available[0] === 'openapi' ? { kind: 'openapi' } : JSON_TYPE;
    case 'application/json':
      return available.includes('json') ? JSON_TYPE : available.includes('openapi') ? { kind: 'openapi' } : null;
    case 'application/openapi+json':
      return available.includes('openapi') ? { kind: 'openapi' } : null;
    case 'application/vnd.pgrst.object+json':
    case 'application/vnd.pgrst.object':
      return available.includes('object') ? { kind: 'object', stripNulls } : null;
    case 'application/vnd.pgrst.array+json':
    case 'application/vnd.pgrst.array':
      return available.includes('array') ? { kind: 'array', stripNulls } : null;
    case 'text/csv':
    case 'text/*':
      return available.includes('csv') ? { kind: 'csv' } : null;
    case 'application/vnd.pgrst.plan':
    case 'application/vnd.pgrst.plan+text':
    case 'application/vnd.pgrst.plan+json':
      return available.includes('plan') ? planType(type.endsWith('json') ? 'json' : 'text', parameters) : null;
    default:
      return null;
  }
}

function planType(format: 'json' | 'text', parameters: ReadonlyMap<string, string>): PlanMediaType {
  const asked = (parameters.get('options') ?? '').split('|');
  const of = chooseMediaType(parameters.get('for'), ROW_KINDS);
  return {
    kind: 'plan',
    format,
    options: PLAN_OPTIONS.filter((option) => asked.includes(option)),
    of: of.kind === 'plan' || of.kind === 'openapi' ? JSON_TYPE : of,
  };
}
