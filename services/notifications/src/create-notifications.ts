import { AshlarError } from '@ashlar/kernel';
import {
  createSmtpMailer,
  sendMailByHttp,
  sendSmsByTwilio,
  type FinishedMail,
  type ProviderFetch,
  type Receipt,
  type SmtpMailer,
  type SmtpServer,
  type SmtpTimeouts,
} from '@ashlar/delivery';
import { outboundFetch, type Outbound } from '@ashlar/outbound';
import { doorFailureOf, sendRendered, type JobQueue, type Project, type Projects, type Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findPostgresTemplate, findSuppression } from './adapters/postgres-lookups.ts';
import { postgresMessageStore } from './adapters/postgres-message-store.ts';
import { readSettings } from './adapters/postgres-settings.ts';
import { createWebPush } from './adapters/web-push.ts';
import type { FindContact } from './application/contacts.ts';
import { createDeliver } from './application/deliver-message.ts';
import { createQueueCourier, type QueueCourier } from './application/queue-courier.ts';
import { createRenderMessage, type RenderMessage } from './application/render-message.ts';
import { notificationsContract } from './contract.ts';
import { notificationErrors } from './domain/notification-errors.ts';
import { addChoiceRoutes } from './routes/choice-routes.ts';
import { addInboxRoutes } from './routes/inbox-routes.ts';
import { addMessageRoutes } from './routes/message-routes.ts';
import { addOpenRoutes, type OpenRouteParts } from './routes/open-routes.ts';
import { addSettingsRoutes } from './routes/settings-routes.ts';
import { addSuppressionRoutes } from './routes/suppression-routes.ts';
import { addTemplateRoutes } from './routes/template-routes.ts';
import { renderDoorFailure, renderError, renderRefusal } from './routes/wire-errors.ts';

export interface NotificationsOptions {
  readonly observe: Observe;
  readonly jobs: JobQueue;
  readonly projects: Projects;
  /** For providers and mail servers a project chose, and for what browsers name as their push service. */
  readonly outbound: Outbound;
  readonly findContact: FindContact;
  /** Public address of a project; null = nobody said, and mails have no link to end them. */
  readonly publicUrl: (ref: string) => string | null;
  /** On a developer's machine what has no way out is told to the log. */
  readonly dev?: boolean;
  readonly clock?: () => Date;
  readonly smtpTimeouts?: SmtpTimeouts;
  /** After which a message whose sender was killed is sent by another. */
  readonly leaseMs?: number;
}

const PROVIDER_TIMEOUT_MS = 15_000;
const PROVIDER_ANSWER_BYTES = 65_536;

/** The notifications service: mails, the inbox, push and text messages of each project. */
export function createNotifications(options: NotificationsOptions): Service {
  const {
    observe,
    jobs,
    projects,
    outbound,
    findContact,
    publicUrl,
    dev = false,
    clock: now = () => new Date(),
  } = options;
  const smtp = createSmtpMailer(options.smtpTimeouts);
  const guarded = outboundFetch(outbound, { timeoutMs: PROVIDER_TIMEOUT_MS, maxBytes: PROVIDER_ANSWER_BYTES });
  // Redirects are not followed there, whatever is asked for.
  const send: ProviderFetch = (url, { method, headers, body, signal }) =>
    guarded(url, { method, headers, body, signal });
  const render = createRenderMessage(findPostgresTemplate);
  const settingsOf = (project: Project) => readSettings(project, dev);
  const courier = createQueueCourier({
    store: postgresMessageStore,
    readSettings: settingsOf,
    deliver: createDeliver({
      findContact,
      renderMail: render,
      sendMail: (way, mail, signal) =>
        way.kind === 'smtp'
          ? sendBySmtp(smtp, way.ours ? null : outbound, way.server, mail, signal)
          : sendMailByHttp(way.provider, mail, signal, way.ours ? undefined : send),
      sendSms: ({ account }, text, signal) => sendSmsByTwilio(account, text, signal, send),
      push: createWebPush(send, observe),
      suppressed: findSuppression,
      publicUrl,
      observe,
    }),
    jobs,
    projects,
    observe,
    now,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  });
  return {
    contract: notificationsContract,
    routes: (app) => addRoutes(app, { courier, render, observe, readSettings: settingsOf, now }),
    tasks: [courier.task],
    subscriptions: ({ ref }) => {
      // The project has just woken: whatever was left behind is looked for.
      courier.due(ref);
      return [
        {
          consumer: 'notifications.send-queued',
          types: ['app.notifications.queued'],
          effects: 'outside',
          handle: async () => courier.due(ref),
        },
      ];
    },
    async close() {
      await courier.close();
      smtp.close();
    },
  };
}

/** @param outbound Judges the host of a server a project chose; null = the operator chose it. */
async function sendBySmtp(
  { send }: Pick<SmtpMailer, 'send'>,
  outbound: Outbound | null,
  server: SmtpServer,
  mail: FinishedMail,
  signal: AbortSignal,
): Promise<Receipt> {
  if (outbound === null) return send(server, mail, signal);
  const [address] = await outbound.addresses(server.host, server.port);
  return send({ ...server, ...(address === undefined ? {} : { address }) }, mail, signal);
}

interface RouteParts extends OpenRouteParts {
  readonly courier: QueueCourier;
  readonly render: RenderMessage;
  readonly observe: Observe;
}

function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  // Signatures are over bytes, so bodies stay bytes; whoever wants JSON reads it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, parts.observe));
  app.addHook('onRequest', async ({ ashlar }) => parts.courier.seen(ashlar.project.ref));
  addOpenRoutes(app, parts);
  app.all('/*', async ({ method, url }) => {
    throw notificationErrors.notFound({ what: method, name: url.split('?', 1)[0] ?? '' });
  });
  void app.register((known, _options, done) => {
    known.addHook('onRequest', async ({ ashlar: { refusal } }, reply) =>
      refusal === null ? undefined : sendRendered(reply, renderRefusal(refusal)),
    );
    addMessageRoutes(known, parts.courier);
    addTemplateRoutes(known, parts.render);
    addInboxRoutes(known);
    addChoiceRoutes(known);
    addSuppressionRoutes(known);
    addSettingsRoutes(known);
    done();
  });
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, observe: Observe): FastifyReply {
  const failure = error instanceof AshlarError ? null : doorFailureOf(error);
  const rendered = failure === null || failure.kind === 'internal' ? renderError(error) : renderDoorFailure(failure);
  if (rendered.status === 500 && !request.raw.aborted) {
    const { requestId, trace } = request.ashlar;
    observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: notificationsContract.name, error });
  }
  return sendRendered(reply, rendered);
}
