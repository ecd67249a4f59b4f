import type { Project } from '@ashlar/service';
import {
  openSection,
  sealSection,
  settingsSchemas,
  type NotificationSettings,
  type StoredSettings,
} from '../domain/settings.ts';
import { asService } from './database.ts';

interface Row {
  readonly section: string;
  readonly value: unknown;
}

/**
 * The settings in force: what the project says, and for mails what the instance says where the project is silent.
 *
 * @param dev Whether what has no way out is told to the log, as on a developer's machine.
 * @throws {AshlarError} `notifications.settings_unreadable`.
 */
export async function readSettings(project: Project, dev: boolean): Promise<NotificationSettings> {
  const rows = await asService<Row>(
    project.database,
    `select json_build_object('section', s.section, 'value', s.value) from notifications.settings s`,
    [],
  );
  const { mail, sms, push } = openAll(project, rows);
  const defaults = project.settings.auth.mail;
  const ownWay = mailWay(mail);
  const log = dev ? ({ kind: 'log' } as const) : null;
  return {
    mail: {
      senderName: mail.senderName ?? defaults.senderName,
      senderAddress: mail.senderAddress ?? defaults.senderAddress,
      defaultLocale: mail.defaultLocale ?? 'en',
      siteUrl: project.settings.auth.siteUrl,
      way: ownWay ?? defaultWay(project) ?? log,
      webhookSecret: mail.webhookSecret ?? null,
    },
    sms: {
      way:
        sms.provider !== 'log' && sms.twilio !== undefined
          ? { kind: 'twilio', account: sms.twilio }
          : sms.provider === 'log'
            ? { kind: 'log' }
            : log,
    },
    push: {
      way: { kind: push.provider ?? 'webpush' },
      contact: push.contact ?? `mailto:${mail.senderAddress ?? defaults.senderAddress}`,
    },
  };
}

function openAll({ keys }: Project, rows: readonly Row[]): StoredSettings {
  const section = (name: keyof StoredSettings): unknown =>
    openSection(keys.jwtSecret, name, rows.find((one) => one.section === name)?.value ?? {});
  return {
    mail: settingsSchemas.mail.parse(section('mail')),
    sms: settingsSchemas.sms.parse(section('sms')),
    push: settingsSchemas.push.parse(section('push')),
  };
}

function mailWay({ provider, http, smtp }: StoredSettings['mail']): NotificationSettings['mail']['way'] {
  if (provider === 'log') return { kind: 'log' };
  if (http !== undefined && provider !== 'smtp') return { kind: 'http', provider: http, ours: false };
  if (smtp !== undefined && provider !== 'http') return { kind: 'smtp', server: smtp, ours: false };
  return null;
}

function defaultWay({ settings }: Project): NotificationSettings['mail']['way'] {
  const { http, smtp } = settings.auth.mail;
  if (http !== null) return { kind: 'http', provider: http, ours: true };
  return smtp === null ? null : { kind: 'smtp', server: smtp, ours: true };
}

/** The pair of keys push services know the project by; made with the first question. */
export async function readVapidKeys(project: Project, make: () => Promise<VapidKeys>): Promise<VapidKeys> {
  const { database, keys } = project;
  const read = async (): Promise<VapidKeys | null> => {
    const [value] = await asService<unknown>(
      database,
      `select s.value from notifications.settings s where s.section = 'vapid'`,
      [],
    );
    // Written below and by nobody else.
    return value === undefined ? null : (openSection(keys.jwtSecret, 'vapid', value) as VapidKeys);
  };
  const known = await read();
  if (known !== null) return known;
  const made = await make();
  await asService(
    database,
    `with made as (
       insert into notifications.settings (section, value) values ('vapid', $1::jsonb) on conflict do nothing returning section)
     select to_json(count(*)) from made`,
    [JSON.stringify(sealSection(keys.jwtSecret, 'vapid', made))],
  );
  return (await read()) ?? made;
}

/** Both in base64url: the uncompressed point, and the scalar. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}
