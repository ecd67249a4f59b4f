import { AshlarError } from '@ashlar/kernel';
import { checkOwnTemplate, MAIL_KINDS } from '@ashlar/mail-templates';
import { normaliseEmail } from '@ashlar/delivery';
import type { MailSettings } from '../domain/settings.ts';

const TEMPLATE_NAME = /^([a-z_]{1,60})(?:\.(?:en|ar))?$/;

/** What would keep mails from being written as these settings say, in one sentence; null when nothing does. */
export function faultOfMailSettings({ senderAddress, templates }: MailSettings): string | null {
  if (normaliseEmail(senderAddress) === null) return `senderAddress: "${senderAddress}" is no address`;
  for (const [name, template] of Object.entries(templates)) {
    const kind = TEMPLATE_NAME.exec(name)?.[1];
    if (kind === undefined || !MAIL_KINDS.has(kind)) {
      return `templates.${name}: there is no such mail, wanted a kind such as magic_link, or magic_link.ar`;
    }
    try {
      checkOwnTemplate(template);
    } catch (error) {
      if (!(error instanceof AshlarError)) throw error;
      return `templates.${name}: ${error.message}`;
    }
  }
  return null;
}
