import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { endCategory, noteReport, suppress } from '../adapters/postgres-lookups.ts';
import type { NotificationSettings } from '../domain/settings.ts';
import { notificationErrors } from '../domain/notification-errors.ts';
import { isSigned } from '../domain/report-signature.ts';
import { readUnsubscription, type Unsubscription } from '../domain/unsubscribe-token.ts';
import { rawBody, readBody } from './read-input.ts';
import { unsubscribePage } from './unsubscribe-page.ts';

/** What Resend reports; further members are of no interest here. */
const reportSchema = z.looseObject({
  type: z.string().max(100),
  data: z.looseObject({
    email_id: z.string().max(200).optional(),
    to: z
      .union([
        z
          .string()
          .max(254)
          .transform((one) => [one]),
        z.array(z.string().max(254)).max(50),
      ])
      .optional(),
    bounce: z
      .looseObject({ type: z.string().max(100).optional(), message: z.string().max(2_000).optional() })
      .optional(),
  }),
});

export interface OpenRouteParts {
  readonly readSettings: (project: FastifyRequest['ashlar']['project']) => Promise<NotificationSettings>;
  readonly now: () => Date;
}

/** What comes without a key: links of mails, and reports of providers. */
export function addOpenRoutes(app: FastifyInstance, parts: OpenRouteParts): void {
  // Programs that look for malware open links: only the button of the page, or a mail program's one click, ends anything.
  app.get('/unsubscribe/:token', async (request, reply) => {
    const { address } = unsubscriptionOf(request);
    return reply.headers(PAGE_HEADERS).send(unsubscribePage(request.headers['accept-language'], 'ask', address));
  });
  app.post('/unsubscribe/:token', async (request, reply) => {
    const wish = unsubscriptionOf(request);
    await endCategory(request.ashlar.project, wish);
    return reply.headers(PAGE_HEADERS).send(unsubscribePage(request.headers['accept-language'], 'done', wish.address));
  });
  app.post('/reports/mail', async (request, reply) => {
    const { project } = request.ashlar;
    const { webhookSecret } = (await parts.readSettings(project)).mail;
    if (
      webhookSecret === null ||
      !isSigned(webhookSecret, signedHeaders(request), rawBody(request), parts.now().getTime())
    ) {
      throw notificationErrors.signatureInvalid();
    }
    const { type, data } = readBody(request, reportSchema);
    if (data.email_id !== undefined) await noteReport(project, data.email_id, type);
    const reason = reasonOf(type, data.bounce?.type);
    if (reason !== null) {
      const detail = data.bounce?.message ?? null;
      for (const address of data.to ?? []) await suppress(project, { address, category: '*', reason, detail });
    }
    return reply.code(204).send();
  });
}

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
} as const;

function unsubscriptionOf({ params, ashlar: { project } }: FastifyRequest): Unsubscription {
  const { token = '' } = params as { readonly token?: string };
  const known = readUnsubscription(project.keys.jwtSecret, project.ref, token);
  if (known === null) throw notificationErrors.tokenInvalid();
  return known;
}

function signedHeaders({ headers }: FastifyRequest) {
  const one = (name: string): string => {
    const value = headers[`webhook-${name}`] ?? headers[`svix-${name}`];
    return typeof value === 'string' ? value : '';
  };
  return { id: one('id'), timestamp: one('timestamp'), signature: one('signature') };
}

/** A mailbox that is full today is none that is gone. */
function reasonOf(type: string, bounce: string | undefined): 'bounce' | 'complaint' | null {
  if (type === 'email.complained') return 'complaint';
  if (type !== 'email.bounced') return null;
  return bounce === undefined || /^permanent$/i.test(bounce) ? 'bounce' : null;
}
