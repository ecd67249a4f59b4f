import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PAGE_HEADERS } from './pages.ts';
import { token } from './read-input.ts';
import { renderError } from './wire-errors.ts';

/** What a form without any script leads to. */
export interface FormAnswer {
  /** Does it. @returns The page that says so. */
  readonly done: () => Promise<string>;
  /** The form once more, with what was wrong. */
  readonly again: (token: string, wrong: string) => string;
}

export function isForm({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
}

export async function answerForm(
  request: FastifyRequest,
  reply: FastifyReply,
  { done, again }: FormAnswer,
): Promise<FastifyReply> {
  try {
    return await reply.headers(PAGE_HEADERS).send(await done());
  } catch (error) {
    const { status, body } = renderError(error);
    if (status >= 500) throw error;
    const { title }: { title: string } = JSON.parse(body);
    const given = z.object({ token }).safeParse(request.body).data?.token ?? '';
    return reply.code(status).headers(PAGE_HEADERS).send(again(given, title));
  }
}
