import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { webhookSignature } from '@ashlar/secrets';
import type { CallHook, CallOptions } from '../application/hooks.ts';
import type { Visit } from '../application/visit.ts';
import type { HookTarget } from '../domain/hook-target.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Hook } from '../domain/settings.ts';
import type { Metadata } from '../domain/user.ts';

/** What of an HTTP answer a hook needs. */
export interface HookResponse {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | null;
  readonly body: string;
}

export interface HookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Sends a POST and follows no redirect. Rejects with `HookTooLate`, `HookTooLarge`, or what the network said. */
export type HookTransport = (request: HookRequest) => Promise<HookResponse>;
export class HookTooLate extends Error {}
export class HookTooLarge extends Error {}

const HTTP_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 204_800;
const ATTEMPTS = 3;
const RETRY_AFTER_MS = 2_000;
/** A function runs while somebody waits for a session. */
const FUNCTION_TIMEOUT_MS = 2_000;
const QUERY_CANCELED = '57014';

export interface CallHookOptions {
  readonly transport: HookTransport;
  readonly now: () => Date;
  readonly retryAfterMs?: number;
}

export function createCallHook(options: CallHookOptions): CallHook {
  return (where, target, hook, payload, call = {}) =>
    target.kind === 'function'
      ? callFunction(where, target, payload)
      : callHttp(options, target.url, hook, payload, call);
}

/**
 * With the rights of the project's owner, who wrote it: through the owner's own login, because a function could take
 * any other role its session may become.
 */
async function callFunction(
  { project }: Pick<Visit, 'project'>,
  { schema, name }: Extract<HookTarget, { kind: 'function' }>,
  payload: Metadata,
): Promise<unknown> {
  try {
    const options = { login: 'owner', role: 'none', statementTimeoutMs: FUNCTION_TIMEOUT_MS } as const;
    return await project.database.transaction(options, async (tx) => {
      // Names were checked for their form, quotes are none of it.
      const [, answer] = await Promise.all([
        tx.query('reset role'),
        tx.query<{ size: number; answer: unknown }>(
          `select octet_length(answer::text) as size,
             case when octet_length(answer::text) <= ${MAX_ANSWER_BYTES} then answer end as answer
           from (select "${schema}"."${name}"($1::jsonb)::jsonb as answer offset 0) hook`,
          [JSON.stringify(payload)],
        ),
      ]);
      const [row] = answer.rows;
      if ((row?.size ?? 0) > MAX_ANSWER_BYTES)
        throw identityErrors.hookPayloadOverSizeLimit({ limit: MAX_ANSWER_BYTES });
      return row?.answer;
    });
  } catch (error) {
    if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) throw error;
    if (error.code === QUERY_CANCELED) {
      throw identityErrors.hookTimeout({ seconds: FUNCTION_TIMEOUT_MS / 1000 }, { cause: error });
    }
    throw identityErrors.hookFailed({ detail: `function ${schema}.${name} failed` }, { cause: error });
  }
}

async function callHttp(
  { transport, now, retryAfterMs = RETRY_AFTER_MS }: CallHookOptions,
  url: string,
  { secrets }: Hook,
  payload: Metadata,
  // One id for all attempts.
  { id = randomUUID(), attempts = ATTEMPTS }: CallOptions,
): Promise<unknown> {
  const body = JSON.stringify(payload);
  for (let attempt = 1; ; attempt += 1) {
    const headers = { 'content-type': 'application/json', ...webhookSignature(secrets.split('|'), id, now(), body) };
    const isLast = attempt === attempts;
    try {
      const response = await transport({
        url,
        headers,
        body,
        timeoutMs: HTTP_TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
      });
      const mayRetry = (response.status === 429 || response.status === 503) && response.retryAfter !== null;
      if (!mayRetry) return readResponse(response);
      if (isLast) throw identityErrors.hookTimeoutAfterRetry();
    } catch (error) {
      if (error instanceof HookTooLate) throw identityErrors.hookTimeout({ seconds: HTTP_TIMEOUT_MS / 1000 });
      if (error instanceof HookTooLarge) throw identityErrors.hookPayloadOverSizeLimit({ limit: MAX_ANSWER_BYTES });
      if (error instanceof Error && 'kind' in error) throw error;
      if (isLast) throw identityErrors.hookTimeoutAfterRetry({}, { cause: error });
    }
    await delay(retryAfterMs);
  }
}

function readResponse({ status, contentType, body }: HookResponse): unknown {
  if (status === 204) return null;
  if (status !== 200 && status !== 202) {
    throw identityErrors.hookFailed({ detail: `unexpected status code returned from hook: ${status}` });
  }
  if (body === '') return null;
  if (!/^application\/json\s*(?:;|$)/i.test(contentType)) {
    throw identityErrors.hookPayloadInvalidContentType({ found: contentType.slice(0, 100) });
  }
  try {
    return JSON.parse(body);
  } catch (error) {
    throw identityErrors.hookFailed({ detail: 'it did not answer with JSON' }, { cause: error });
  }
}
