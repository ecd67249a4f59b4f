import type { MailContent } from '../mail-data.ts';
import { oneLine } from '../one-line.ts';
import { composeMail, type ComposedMail, type RenderMail } from './compose-mail.ts';
import { fillDocument } from './filled-document.ts';
import { mailAsText, runsAsText } from './mail-as-text.ts';

export type { RenderMail } from './compose-mail.ts';

/** The built-in mail of a kind in a language, as HTML and as plain text. */
export async function renderMail(input: RenderMail): Promise<MailContent> {
  const mail = composeMail(input);
  return {
    subject: oneLine(runsAsText(mail.subject, false)),
    html: await renderComposed(mail),
    text: mailAsText(mail),
  };
}

/** The HTML part. */
export async function renderComposed(mail: ComposedMail): Promise<string> {
  return fillDocument(mail, drawMail);
}

/** The same without anything kept of other mails. */
export async function drawMail(mail: ComposedMail): Promise<string> {
  // React is loaded with the first mail: most processes never send one.
  const [{ render }, { mailDocument }] = await Promise.all([
    import('@react-email/render'),
    import('./mail-document.ts'),
  ]);
  return render(mailDocument(mail));
}
