import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { changeSettings, type SettingsInput } from '../application/change-settings.ts';
import type { StoredSettings } from '../application/settings-store.ts';
import type { IdentityParts } from '../application/visit.ts';
import { actorOf, requireAdmin } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { settingsSchema } from '../domain/settings-schema.ts';
import { hideSecrets } from '../domain/settings-patch.ts';
import type { SettingsSection } from '../domain/settings.ts';
import { readBody } from './read-body.ts';
import { visitOf } from './visit-of.ts';

const ONE = '/admin/settings/:section';
const AnyObject = z.record(z.string(), z.unknown());

/** A section as an administrator sees it. */
interface SectionDocument {
  readonly section: SettingsSection;
  /** 0 = never changed. */
  readonly version: number;
  /** What is in force: the defaults with `overrides` laid over them. */
  readonly value: unknown;
  readonly overrides: unknown;
  readonly updated_at: string | null;
  readonly updated_by: string | null;
}

/** Reading and changing the settings of accounts while they are in use. */
export function addAdminSettingsRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get('/admin/settings', async (request) => {
    requireAdmin(request.ashlar);
    const sections = Object.keys(settingsSchema) as SettingsSection[];
    return { sections: await Promise.all(sections.map((section) => readSection(parts, request, section))) };
  });

  app.get(ONE, async (request, reply) => {
    requireAdmin(request.ashlar);
    return withVersion(reply, await readSection(parts, request, sectionOf(request)));
  });

  app.put(ONE, (request, reply) => change(parts, request, reply, 'replace'));
  app.patch(ONE, (request, reply) => change(parts, request, reply, 'patch'));
  app.delete(ONE, (request, reply) => change(parts, request, reply, 'reset'));
}

async function change(
  parts: IdentityParts,
  request: FastifyRequest,
  reply: FastifyReply,
  how: SettingsInput['how'],
): Promise<SectionDocument> {
  requireAdmin(request.ashlar);
  const section = sectionOf(request);
  await changeSettings(parts, visitOf(request), {
    section,
    how,
    value: how === 'reset' ? {} : readBody(request, AnyObject),
    expectedVersion: expectedVersion(request),
    by: actorOf(request.ashlar),
  });
  // The announcement of the change may still be on its way to this process.
  parts.settings.forget(request.ashlar.project);
  return withVersion(reply, await readSection(parts, request, section));
}

async function readSection(
  parts: IdentityParts,
  request: FastifyRequest,
  section: SettingsSection,
): Promise<SectionDocument> {
  const [stored, version] = await parts.inTransaction(visitOf(request), async ({ settings }) => {
    const read: [Promise<StoredSettings | null>, Promise<number>] = [settings.read(section), settings.version(section)];
    return Promise.all(read);
  });
  const inForce = await parts.settings.of(request.ashlar.project);
  return {
    section,
    version,
    value: hideSecrets(inForce[section]),
    overrides: hideSecrets(stored?.value ?? {}),
    updated_at: stored?.updatedAt.toISOString() ?? null,
    updated_by: stored?.updatedBy ?? null,
  };
}

function withVersion(reply: FastifyReply, document: SectionDocument): SectionDocument {
  reply.header('etag', `"${document.version}"`);
  return document;
}

function sectionOf(request: FastifyRequest): SettingsSection {
  // The route pattern puts it there.
  const { section } = request.params as { readonly section: string };
  if (Object.hasOwn(settingsSchema, section)) return section as SettingsSection;
  throw identityErrors.settingsSectionUnknown({ section: section.slice(0, 63) });
}

function expectedVersion({ headers }: FastifyRequest): number | null {
  const tag = headers['if-match'];
  if (tag === undefined || tag === '*') return null;
  const digits = /^"(\d{1,9})"$/.exec(tag)?.[1];
  if (digits !== undefined) return Number(digits);
  throw identityErrors.validationFailed({ detail: `If-Match must be a version such as "3", got ${tag.slice(0, 50)}` });
}
