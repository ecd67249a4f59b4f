import { checkOwnTemplate, MAIL_KINDS, type OwnTemplate } from '@ashlar/mail-templates';
import { AshlarError } from '@ashlar/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asCaller } from '../adapters/database.ts';
import { createRenderMessage, NOTICE, type RenderMessage } from '../application/render-message.ts';
import { notificationErrors } from '../domain/notification-errors.ts';
import { nameOf, readBody } from './read-input.ts';

const source = z.strictObject({
  subject: z.string().max(500),
  html: z.string().max(200_000),
  text: z.string().max(200_000).optional(),
});
const contentSchema = z
  .strictObject({ en: source.optional(), ar: source.optional() })
  .refine(({ en, ar }) => en !== undefined || ar !== undefined, 'has neither en nor ar');
const previewSchema = z.strictObject({
  locale: z.enum(['en', 'ar']).default('en'),
  to: z.email().max(254).default('reader@example.org'),
  data: z.record(z.string().max(100), z.unknown()).default({}),
  /** In place of what is stored. */
  content: contentSchema.optional(),
});
const versionSchema = z.strictObject({ version: z.int().min(1).max(2_147_483_647) });

type Content = z.infer<typeof contentSchema>;

interface Stored {
  readonly name: string;
  readonly version: number;
  readonly content: Content;
}

/** Templates of the project, and what mails of built-in ones look like. */
export function addTemplateRoutes(app: FastifyInstance, render: RenderMessage): void {
  app.get('/templates', async (request) => {
    const templates = await asCaller(request.ashlar, {
      text: `select json_build_object('name', t.name, 'version', t.version, 'updatedAt', t.updated_at)
               from notifications.templates t order by t.name limit 500`,
      values: [],
      readOnly: true,
    });
    return { templates, builtIn: [NOTICE, ...MAIL_KINDS] };
  });
  app.get('/templates/:name', async (request) => must(await find(request, nameOf(request)), nameOf(request)));
  app.get('/templates/:name/versions', async (request) => {
    const versions = await asCaller(request.ashlar, {
      text: `select json_build_object('version', v.version, 'createdAt', v.created_at, 'createdBy', v.created_by, 'content', v.content)
               from notifications.template_versions v where v.name = $1 order by v.version desc limit 50`,
      values: [nameOf(request)],
      readOnly: true,
    });
    return { versions };
  });
  app.put('/templates/:name', async (request) => {
    const name = nameOf(request);
    const content = readBody(request, contentSchema);
    for (const [locale, template] of Object.entries(ownContent(content))) check(name, locale, template);
    const [version] = await asCaller<number>(request.ashlar, {
      text: 'select to_json(notifications.put_template($1, $2::jsonb))',
      values: [name, JSON.stringify(content)],
    });
    return { name, version };
  });
  app.post('/templates/:name/use', async (request) => {
    const name = nameOf(request);
    const { version } = readBody(request, versionSchema);
    const [done] = await asCaller<boolean>(request.ashlar, {
      text: 'select to_json(notifications.use_template($1, $2::int))',
      values: [name, String(version)],
    });
    if (done !== true) throw notificationErrors.notFound({ what: 'version of template', name: `${name} ${version}` });
    return { name, version };
  });
  app.delete('/templates/:name', async (request, reply) => {
    const name = nameOf(request);
    const gone = await asCaller(request.ashlar, {
      text: 'with gone as (delete from notifications.templates t where t.name = $1 returning t.name) select to_json(name) from gone',
      values: [name],
    });
    if (gone.length === 0) throw notificationErrors.templateUnknown({ name });
    return reply.code(204).send();
  });
  app.post('/templates/:name/preview', async (request) => {
    const name = nameOf(request);
    const { locale, to, data, content } = readBody(request, previewSchema);
    // Read also when it is not used: that is what says whether the caller may see templates.
    const stored = await find(request, name);
    const { project } = request.ashlar;
    const reader = { to, locale, siteUrl: project.settings.auth.siteUrl, unsubscribeUrl: null };
    const message = { template: name, data, subject: null, html: null, body: null };
    if (content === undefined && stored === null) return render(project, message, reader);
    const shown = content ?? stored?.content ?? {};
    return createRenderMessage(async () => ({ version: stored?.version ?? 0, content: ownContent(shown) }))(
      project,
      message,
      reader,
    );
  });
}

async function find(request: FastifyRequest, name: string): Promise<Stored | null> {
  const [stored] = await asCaller<Stored>(request.ashlar, {
    text: `select json_build_object('name', t.name, 'version', t.version, 'content', v.content)
             from notifications.templates t
             join notifications.template_versions v on v.name = t.name and v.version = t.version
            where t.name = $1`,
    values: [name],
    readOnly: true,
  });
  return stored ?? null;
}

function must(stored: Stored | null, name: string): Stored {
  if (stored === null) throw notificationErrors.templateUnknown({ name });
  return stored;
}

function ownContent({ en, ar }: Content): { readonly en?: OwnTemplate; readonly ar?: OwnTemplate } {
  return { ...(en === undefined ? {} : { en: toOwn(en) }), ...(ar === undefined ? {} : { ar: toOwn(ar) }) };
}

function toOwn({ subject, html, text }: z.infer<typeof source>): OwnTemplate {
  return { subject, html, ...(text === undefined ? {} : { text }) };
}

function check(name: string, locale: string, template: OwnTemplate): void {
  try {
    checkOwnTemplate(template);
  } catch (error) {
    if (!(error instanceof AshlarError)) throw error;
    throw notificationErrors.templateFailed({ name, locale, reason: error.message }, { cause: error });
  }
}
