import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asCaller } from '../adapters/database.ts';
import { notificationErrors } from '../domain/notification-errors.ts';
import {
  maskSection,
  openSection,
  SETTINGS_SECTIONS,
  sealSection,
  settingsSchemas,
  type SettingsSection,
} from '../domain/settings.ts';
import { readBody } from './read-input.ts';

/** How the messages of a project leave. Secrets go in and never come out. */
export function addSettingsRoutes(app: FastifyInstance): void {
  app.get('/settings/:section', async (request) => {
    const section = sectionOf(request);
    const [value] = await asCaller<unknown>(request.ashlar, {
      text: 'select s.value from notifications.settings s where s.section = $1',
      values: [section],
      readOnly: true,
    });
    return maskSection(openSection(request.ashlar.project.keys.jwtSecret, section, value ?? {}));
  });
  app.put('/settings/:section', async (request) => {
    const section = sectionOf(request);
    const value = readBody(request, settingsSchemas[section]);
    const sealed = sealSection(request.ashlar.project.keys.jwtSecret, section, value);
    await asCaller(request.ashlar, {
      text: `with made as (
          insert into notifications.settings (section, value) values ($1, $2::jsonb)
          on conflict (section) do update set value = excluded.value, updated_at = now() returning section)
        select to_json(section) from made`,
      values: [section, JSON.stringify(sealed)],
    });
    return maskSection(value);
  });
}

function sectionOf({ params }: FastifyRequest): SettingsSection {
  const { section = '' } = params as { readonly section?: string };
  const known = SETTINGS_SECTIONS.find((name) => name === section);
  if (known === undefined)
    throw notificationErrors.notFound({ what: 'section of settings', name: section.slice(0, 64) });
  return known;
}
