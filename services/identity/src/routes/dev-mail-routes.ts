import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CaughtMessage, Mailbox } from '../application/mailbox.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { devMailPage } from './dev-mail-page.ts';
import { queryText } from './visit-of.ts';

const PATH = '/dev/mail';
/** Answers to who asks from a page of another site hold sign-in links; they are refused. */
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

/** The mailbox of a developer's machine, as a page for people and as JSON for their tests. Nothing without one. */
export function addDevMailRoutes(app: FastifyInstance, mailbox: Mailbox | null): void {
  if (mailbox === null) return;
  const addressed = (request: FastifyRequest): readonly CaughtMessage[] =>
    mailbox.list(request.ashlar.project.ref, queryText(request, 'to'));
  const found = (request: FastifyRequest): CaughtMessage => {
    // The routes below name it.
    const { id } = request.params as { readonly id: string };
    const message = mailbox.find(request.ashlar.project.ref, id);
    if (message === undefined) throw identityErrors.notFound({ method: request.method, path: request.url });
    return message;
  };

  void app.register((scope, _options, done) => {
    scope.addHook('onRequest', refuseOtherSites);

    scope.get(PATH, (request, reply) => {
      const nonce = randomBytes(16).toString('base64url');
      const messages = addressed(request);
      const id = queryText(request, 'id');
      const page = devMailPage({
        base: `${new URL(request.ashlar.publicUrl).pathname.replace(/\/$/, '')}${PATH}`,
        project: request.ashlar.project.ref,
        messages,
        open: messages.find((message) => message.id === id) ?? messages[0] ?? null,
        to: queryText(request, 'to'),
        asText: queryText(request, 'view') === 'text',
        nonce,
      });
      return sendHtml(
        reply,
        page,
        `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      );
    });

    // Shown in a frame without scripts, forms or an origin of its own.
    scope.get(`${PATH}/:id/html`, (request, reply) =>
      sendHtml(
        reply,
        found(request).html,
        `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; font-src data: https:; frame-ancestors 'self'`,
      ),
    );

    scope.get(`${PATH}/api`, (request) => ({ messages: addressed(request) }));
    scope.get(`${PATH}/api/:id`, (request) => found(request));
    scope.delete(`${PATH}/api`, (request, reply) => {
      mailbox.clear(request.ashlar.project.ref);
      return reply.code(204).send();
    });
    done();
  });
}

async function refuseOtherSites({ headers }: FastifyRequest): Promise<void> {
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site === undefined || isNavigation || (typeof site === 'string' && OWN_SITES.has(site))) return;
  throw identityErrors.notAdmin();
}

function sendHtml(reply: FastifyReply, html: string, policy: string): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .send(html);
}
