import type { MailLocale, OwnTemplate } from '@ashlar/mail-templates';
import type { Project } from '@ashlar/service';
import type { FindTemplate } from '../application/render-message.ts';
import type { Unsubscription } from '../domain/unsubscribe-token.ts';
import { asService } from './database.ts';

export interface Device {
  readonly id: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

export const findPostgresTemplate: FindTemplate = async ({ database }, name) => {
  const [found] = await asService<{ version: number; content: Partial<Record<MailLocale, OwnTemplate>> }>(
    database,
    `select json_build_object('version', v.version, 'content', v.content)
       from notifications.templates t
       join notifications.template_versions v on v.name = t.name and v.version = t.version
      where t.name = $1`,
    [name],
  );
  return found ?? null;
};

/** Why nothing may go to an address; null = it may. */
export async function findSuppression(
  { database }: Project,
  address: string,
  category: string,
): Promise<string | null> {
  const [reason] = await asService<string>(
    database,
    `select to_json(s.reason) from notifications.suppressions s
      where s.address = lower($1) and s.category in ('*', $2) order by s.category limit 1`,
    [address, category],
  );
  return reason ?? null;
}

export async function suppress(
  { database }: Project,
  { address, category, reason, detail }: { address: string; category: string; reason: string; detail: string | null },
): Promise<void> {
  await asService(
    database,
    `with made as (
       insert into notifications.suppressions as s (address, category, reason, detail)
       values (lower($1), $2, $3, left($4, 500))
       on conflict (address, category) do update set reason = excluded.reason, detail = excluded.detail
       returning s.address)
     select to_json(count(*)) from made`,
    [address, category, reason, detail],
  );
}

/** A user's choice is a preference, which they can take back; an address without a user is written down as such. */
export async function endCategory(project: Project, { address, userId, category }: Unsubscription): Promise<void> {
  if (userId === null) return suppress(project, { address, category, reason: 'unsubscribed', detail: null });
  await asService(
    project.database,
    `with made as (
       insert into notifications.preferences (user_id, category, channel, is_enabled)
       select $1::uuid, c.name, 'mail', false from notifications.categories c where c.name = $2 and not c.is_transactional
       on conflict (user_id, category, channel) do update set is_enabled = false
       returning user_id)
     select to_json(count(*)) from made`,
    [userId, category],
  );
}

export async function findDevice({ database }: Project, id: string): Promise<Device | null> {
  const [device] = await asService<Device>(
    database,
    `select json_build_object('id', d.id, 'endpoint', d.endpoint, 'p256dh', d.p256dh, 'auth', d.auth)
       from notifications.devices d where d.id = $1::uuid`,
    [id],
  );
  return device ?? null;
}

export async function removeDevice({ database }: Project, id: string): Promise<void> {
  await asService(
    database,
    `with gone as (delete from notifications.devices where id = $1::uuid returning id) select to_json(count(*)) from gone`,
    [id],
  );
}

/** What a provider reports of a message it took. */
export async function noteReport({ database }: Project, providerId: string, what: string): Promise<void> {
  await asService(
    database,
    `with done as (
       update notifications.messages m
          set history = jsonb_path_query_array(m.history, '$[last - 18 to last]')
                || jsonb_build_object('at', now(), 'state', 'reported', 'answer', left($2, 300)),
              updated_at = now()
        where m.provider_id = $1 returning m.id)
     select to_json(count(*)) from done`,
    [providerId, what],
  );
}
