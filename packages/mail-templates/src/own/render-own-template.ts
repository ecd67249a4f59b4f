import { mailErrors } from '../mail-errors.ts';
import type { MailContent, MailData } from '../mail-data.ts';
import { oneLine } from '../one-line.ts';
import { fillTemplate } from './fill-template.ts';
import { parseTemplate, type TemplateNode } from './parse-template.ts';
import { variablesOf } from './variables.ts';

/** A mail somebody wrote, in the part of Go's template language other Supabase installations use. */
export interface OwnTemplate {
  readonly subject: string;
  readonly html: string;
  /** The plain part; default: made of the HTML. */
  readonly text?: string;
}

/** A template that was read once and is filled in as often as it is sent. */
export interface CompiledTemplate {
  /** @param to The address the mail goes to. @throws {AshlarError} `mail.template_too_large` when the result is. */
  readonly render: (data: MailData, to: string) => Promise<MailContent>;
}

interface ParsedTemplate {
  readonly subject: readonly TemplateNode[];
  readonly html: readonly TemplateNode[];
  readonly text: readonly TemplateNode[] | null;
}

const MAX_HTML_LENGTH = 200_000;
const MAX_SUBJECT_LENGTH = 500;
/** Reading it is synchronous: no mail may hold up all others for long. */
const MAX_PLAIN_INPUT = MAX_HTML_LENGTH;
/** Elements within elements; mails lay out with tables in tables. */
const MAX_PLAIN_DEPTH = 100;

/**
 * Says what is wrong with a template before it is kept.
 *
 * @throws {AshlarError} `mail.template_malformed` (a subject of several lines too), `mail.template_too_large`.
 */
export function checkOwnTemplate(template: OwnTemplate): void {
  parse(template);
}

/** @param to The address the mail goes to. @throws {AshlarError} As `checkOwnTemplate`. */
export async function renderOwnTemplate(template: OwnTemplate, data: MailData, to: string): Promise<MailContent> {
  return compileOwnTemplate(template).render(data, to);
}

/** @throws {AshlarError} As `checkOwnTemplate`. */
export function compileOwnTemplate(template: OwnTemplate): CompiledTemplate {
  const { subject, html, text } = parse(template);
  return {
    async render(data, to) {
      const variables = variablesOf(data, to);
      const filled = fillTemplate(html, variables, 'html');
      return {
        subject: oneLine(fillTemplate(subject, variables, 'none')),
        html: filled,
        text: text === null ? await htmlAsText(filled) : fillTemplate(text, variables, 'none'),
      };
    },
  };
}

/** What a program without HTML shows of a mail; of a very long one its beginning. */
export async function htmlAsText(html: string): Promise<string> {
  const { toPlainText } = await import('@react-email/render');
  return toPlainText(html.slice(0, MAX_PLAIN_INPUT), { limits: { maxDepth: MAX_PLAIN_DEPTH } });
}

function parse({ subject, html, text }: OwnTemplate): ParsedTemplate {
  if (html.length > MAX_HTML_LENGTH || (text ?? '').length > MAX_HTML_LENGTH) {
    throw mailErrors.templateTooLarge({ reason: `its HTML or text is longer than ${MAX_HTML_LENGTH} characters` });
  }
  if (subject.length > MAX_SUBJECT_LENGTH) {
    throw mailErrors.templateTooLarge({ reason: `its subject is longer than ${MAX_SUBJECT_LENGTH} characters` });
  }
  if (/[\r\n]/.test(subject)) throw mailErrors.templateMalformed({ line: 1, reason: 'the subject has several lines' });
  return {
    subject: parseTemplate(subject),
    html: parseTemplate(html),
    text: text === undefined ? null : parseTemplate(text),
  };
}
