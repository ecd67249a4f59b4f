import { MAIL_KINDS, type MailKind } from '@ashlar/mail-templates';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { MethodLimits } from '../application/method-limits.ts';
import { previewMail, type SampleMail, sendTestMail } from '../application/sample-mail.ts';
import type { IdentityParts } from '../application/visit.ts';
import { requireAdmin } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { DeliverNow } from '../open-messaging.ts';
import { readEmail } from './read-address.ts';
import { optionalText, readBody } from './read-body.ts';
import { visitOf } from './visit-of.ts';

const Sample = z.object({ kind: optionalText, locale: optionalText, to: optionalText });
const Preview = Sample.extend({
  template: z.object({ subject: z.string().max(500), html: z.string().max(200_000) }).nullish(),
});

const SOMEBODY = 'somebody@example.org';

/** How mails look, and whether they arrive. */
export function addAdminMailRoutes(
  app: FastifyInstance,
  parts: IdentityParts,
  sending: { readonly limits: MethodLimits; readonly deliver: DeliverNow | null },
): void {
  app.post('/admin/mail/preview', async (request) => {
    requireAdmin(request.ashlar);
    const { template, ...asked } = readBody(request, Preview);
    return previewMail(visitOf(request), sampleOf(asked), template ?? null);
  });

  app.post('/admin/mail/test', async (request) => {
    requireAdmin(request.ashlar);
    const asked = readBody(request, Sample);
    if (asked.to === '') throw identityErrors.validationFailed({ detail: 'to must be the address the mail goes to' });
    return { state: await sendTestMail(parts, sending, visitOf(request), sampleOf(asked)) };
  });
}

function sampleOf({ kind, locale, to }: z.output<typeof Sample>): SampleMail {
  const wanted = kind === '' ? 'confirmation' : kind;
  if (!isMailKind(wanted)) {
    throw identityErrors.validationFailed({
      detail: `kind must be one of ${[...MAIL_KINDS].join(', ')}, got ${JSON.stringify(wanted.slice(0, 50))}`,
    });
  }
  return { kind: wanted, locale: locale === 'ar' ? 'ar' : 'en', to: to === '' ? SOMEBODY : readEmail(to) };
}

function isMailKind(text: string): text is MailKind {
  return MAIL_KINDS.has(text);
}
