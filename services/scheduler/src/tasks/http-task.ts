import { AshlarError } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import { derivedKey, webhookSignature } from '@ashlar/secrets';
import { JobRejection, type Projects, type ProjectKeys, type Task } from '@ashlar/service';
import { HttpPayload } from '../domain/job-request.ts';

const MAX_ANSWER_BYTES = 1_048_576;
/** As much of the answer is kept as the job's result. */
const MAX_KEPT_CHARACTERS = 8_192;
/** A client's faults for good; these may pass. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 423, 425, 429]);
const FINAL_CODES: ReadonlySet<string> = new Set([
  'outbound.url_invalid',
  'outbound.address_refused',
  'outbound.too_large',
]);

export interface HttpTaskParts {
  readonly outbound: Outbound;
  readonly projects: Projects;
}

/**
 * Calls an address, signed by the rules of Standard Webhooks: the id is the job's, in every attempt. An answer of 2xx
 * ends the job well, one of 3xx or 4xx ends it for good (but for 408, 409, 423, 425, 429), any other is tried again.
 */
export function httpTask({ outbound, projects }: HttpTaskParts): Task {
  return {
    name: 'http',
    async run(payload, run) {
      const { url, method, headers, body, timeoutSeconds } = HttpPayload.parse(payload);
      const project = await projects.wake(run.project);
      if (project === undefined) throw new JobRejection('The project is gone');
      const content = body === undefined || method === 'GET' || method === 'HEAD' ? undefined : textOf(body);
      const answer = await outbound
        .request({
          url,
          method,
          headers: {
            ...headersOf(body, headers),
            ...webhookSignature([signingSecret(project.keys)], run.id, new Date(), content ?? ''),
          },
          ...(content === undefined ? {} : { body: content }),
          timeoutMs: timeoutSeconds * 1_000,
          maxBytes: MAX_ANSWER_BYTES,
          signal: run.signal,
        })
        .catch((error: unknown) => {
          if (error instanceof AshlarError && FINAL_CODES.has(error.code)) throw new JobRejection(error.message);
          throw error;
        });
      const { status } = answer;
      if (status >= 200 && status < 300) return { status, body: keptText(answer.body) };
      if (status >= 300 && status < 500 && !PASSING.has(status)) throw new JobRejection(`The answer was ${status}`);
      throw new Error(`The answer was ${status}`);
    },
  };
}

/** What the jobs of a project are signed with, as libraries for Standard Webhooks take it. */
export function signingSecret({ jwtSecret }: ProjectKeys): string {
  return `whsec_${derivedKey(jwtSecret, 'ashlar jobs').toString('base64')}`;
}

function headersOf(body: unknown, given: HttpPayload['headers'] = {}): Record<string, string> {
  const headers = Object.fromEntries(Object.entries(given).map(([header, value]) => [header.toLowerCase(), value]));
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  return { 'user-agent': 'Ashlar-Jobs/1', ...(body === undefined ? {} : { 'content-type': type }), ...headers };
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function keptText(bytes: Uint8Array): string {
  return new TextDecoder()
    .decode(bytes.subarray(0, MAX_KEPT_CHARACTERS * 4))
    .slice(0, MAX_KEPT_CHARACTERS)
    .toWellFormed();
}
