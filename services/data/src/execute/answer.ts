import type { CallResult } from '@ashlar/postgres';
import { restErrors } from '../rest-errors.ts';
import { ANSWER_COLUMNS } from '../sql/compile.ts';
import type { Prepared } from './prepare.ts';
import { sendableBody } from './sendable-body.ts';

/** What goes to the socket. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As PostgreSQL wrote it, never parsed; empty for none. */
  readonly body: Buffer | string;
  /** Bytes that are no text. */
  readonly isBinary?: boolean;
}

/** How many rows an answer holds, and how many there are when that was asked. */
export interface Counted {
  readonly rows: number;
  readonly total: number | null;
}

/** Status and headers of the one row a statement answers with; its body passes through as it is. */
export function answerOf(prepared: Prepared, result: CallResult, estimatedTotal: number | null): Answer {
  const row = smallColumns(result);
  const counted = {
    rows: Number(row[ANSWER_COLUMNS.rows] ?? 0),
    total: totalOf(row[ANSWER_COLUMNS.total], estimatedTotal),
  };
  const isBinary = prepared.plan?.render === 'bytes';
  const text = bodyOf(result);
  const body = isBinary ? Buffer.from(text.toString(), 'hex') : text;
  const base = isRead(prepared) ? readAnswer(prepared, counted, body) : writeAnswer(prepared, counted, body, row);
  return withResponseSettings(
    isBinary ? { ...base, isBinary } : base,
    row[ANSWER_COLUMNS.responseHeaders],
    row[ANSWER_COLUMNS.responseStatus],
  );
}

/** How PostgreSQL finds the rows, in its own words: one document, or one line per row. */
export function explainedAnswer({ headers }: Prepared, { rows }: CallResult): Answer {
  return { status: 200, headers, body: rows.map(([line]) => line ?? '').join('\n') };
}

function bodyOf(result: CallResult): Answer['body'] {
  const bytes = result.bytes(0, ANSWER_COLUMNS.body);
  return bytes === null ? '' : sendableBody(bytes);
}

/** The answer's row without its body, which is passed on as bytes. */
function smallColumns(result: CallResult): readonly (string | null)[] {
  const row: (string | null)[] = [null];
  for (let column = 1; column < result.fields.length; column += 1) {
    row.push(result.bytes(0, column)?.toString() ?? null);
  }
  return row;
}

/** The answer to a write whose body had nothing to write. */
export function nothingWritten(prepared: Prepared): Answer {
  const returnsRows = prepared.preferences.return === 'representation';
  if (returnsRows && prepared.media.kind === 'object') throw restErrors.notOneRow(0);
  const total = prepared.preferences.count === null ? '*' : '0';
  return {
    status: prepared.method === 'POST' ? 201 : returnsRows ? 200 : 204,
    headers: {
      ...prepared.headers,
      'content-range': `*/${total}`,
      ...(returnsRows ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    },
    body: returnsRows ? '[]' : '',
  };
}

/** Status and headers of a read whose rows are counted; the body may follow later. */
export function readAnswer(prepared: Prepared, counted: Counted, body: Answer['body']): Answer {
  const { plan, media, headers } = prepared;
  const action = plan?.action ?? null;
  if (action?.kind === 'call' && action.result === 'void') return { status: 204, headers, body: '' };
  if (media.kind === 'object' && plan?.level != null && counted.rows !== 1) throw restErrors.notOneRow(counted.rows);
  const offset = plan?.range.offset ?? 0;
  const { rows, total } = counted;
  if (total !== null && offset > total) {
    throw restErrors.rangeNotSatisfiable(`An offset of ${offset} was requested, but there are only ${total} rows.`);
  }
  return {
    status: total !== null && rows < total ? 206 : 200,
    headers: { ...headers, 'content-range': contentRange(offset, rows, total) },
    body,
  };
}

function writeAnswer(
  prepared: Prepared,
  { rows, total }: Counted,
  body: Answer['body'],
  row: readonly (string | null)[],
): Answer {
  const { method, plan, headers, relation } = prepared;
  const hasBody = plan?.render !== 'none';
  if (method === 'PATCH') {
    const range = contentRange(0, rows, total);
    return { status: hasBody ? 200 : 204, headers: { ...headers, 'content-range': range }, body };
  }
  const answered = { ...headers, 'content-range': `*/${total ?? '*'}` };
  if (method === 'DELETE') return { status: hasBody ? 200 : 204, headers: answered, body };
  const inserted = row[ANSWER_COLUMNS.inserted];
  const updatedOnly = inserted === '0';
  if (method === 'PUT') {
    if (rows === 0) throw restErrors.putKeyMismatch();
    return { status: updatedOnly ? (hasBody ? 200 : 204) : 201, headers: answered, body };
  }
  const location = row[ANSWER_COLUMNS.location] ?? null;
  const located = location === null ? {} : { location: locationOf(relation, plan?.location ?? [], location) };
  return { status: updatedOnly ? 200 : 201, headers: { ...answered, ...located }, body };
}

function isRead({ method, isRoutine }: Prepared): boolean {
  return isRoutine || method === 'GET' || method === 'HEAD';
}

function totalOf(counted: string | null | undefined, estimated: number | null): number | null {
  const exact = counted === null || counted === undefined ? null : Number(counted);
  if (estimated === null) return exact;
  return exact === null ? estimated : Math.max(exact, estimated);
}

function contentRange(offset: number, rows: number, total: number | null): string {
  const range = rows === 0 ? '*' : `${offset}-${offset + rows - 1}`;
  return `${range}/${total ?? '*'}`;
}

/** @param values JSON array of texts, one for each column of the key. */
function locationOf(relation: string, key: readonly string[], values: string): string {
  // The statement built the array of exactly these columns, cast to text.
  const texts = JSON.parse(values) as readonly (string | null)[];
  const filters = key.map((name, index) => {
    const value = texts[index] ?? null;
    return `${encodeURIComponent(name)}=${value === null ? 'is.null' : `eq.${encodeURIComponent(value)}`}`;
  });
  return `/${encodeURIComponent(relation)}?${filters.join('&')}`;
}

/** What functions and triggers asked for through `response.headers` and `response.status`. */
function withResponseSettings(
  answer: Answer,
  headers: string | null | undefined,
  status: string | null | undefined,
): Answer {
  if ((headers ?? null) === null && (status ?? null) === null) return answer;
  return {
    ...answer,
    headers: { ...answer.headers, ...(headers == null ? {} : responseHeaders(headers)) },
    status: status == null ? answer.status : responseStatus(status),
  };
}

function responseHeaders(text: string): Readonly<Record<string, string>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw restErrors.badResponseHeaders();
  }
  if (!Array.isArray(parsed)) throw restErrors.badResponseHeaders();
  const pairs = parsed.map((item: unknown): [string, string] => {
    const entries = typeof item === 'object' && item !== null ? Object.entries(item) : [];
    const [name, value] = entries[0] ?? [];
    if (entries.length !== 1 || name === undefined || typeof value !== 'string' || !isHeader(name, value)) {
      throw restErrors.badResponseHeaders();
    }
    return [name.toLowerCase(), value];
  });
  return Object.fromEntries(pairs);
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

function isHeader(name: string, value: string): boolean {
  return HEADER_NAME.test(name) && HEADER_VALUE.test(value);
}

function responseStatus(text: string): number {
  const status = Number(text);
  if (!Number.isInteger(status) || status < 200 || status > 599) throw restErrors.badResponseStatus();
  return status;
}
