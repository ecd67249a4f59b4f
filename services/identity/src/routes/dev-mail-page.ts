import { escapeHtml } from '@ashlar/kernel';
import type { CaughtMessage } from '../application/mailbox.ts';
import { DEV_MAIL_STYLE } from './dev-mail-style.ts';

export interface DevMailPage {
  /** Where the page is, without a slash at its end. */
  readonly base: string;
  readonly project: string;
  /** Youngest first. */
  readonly messages: readonly CaughtMessage[];
  readonly open: CaughtMessage | null;
  /** The address the list is narrowed to; empty = all. */
  readonly to: string;
  readonly asText: boolean;
  readonly nonce: string;
}

/** The mailbox as one page: the list beside the message that is open. Works without its script, which only refreshes. */
export function devMailPage(page: DevMailPage): string {
  const { base, project, messages, open, to, nonce } = page;
  const title = open === null ? 'Mail' : open.subject;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Mail</title>
<style>${DEV_MAIL_STYLE}</style>
</head>
<body class="${open === null ? 'none-open' : ''}">
<header>
  <h1>Mail</h1><span class="quiet">caught in project ${escapeHtml(project)}, sent to nobody</span>
  <form action="${escapeHtml(base)}" method="get" role="search">
    <input type="search" name="to" value="${escapeHtml(to)}" placeholder="Filter by address" aria-label="Filter by address">
  </form>
  <button id="clear" type="button"${messages.length === 0 ? ' hidden' : ''}>Delete all</button>
</header>
<main>
<nav aria-label="Messages">${messages.length === 0 ? emptyList(page) : messages.map((one) => entry(page, one)).join('')}</nav>
${open === null ? '<section class="blank"></section>' : message(page, open)}
</main>
<script nonce="${nonce}">
const api = ${JSON.stringify(`${base}/api?to=${encodeURIComponent(to)}`).replaceAll('<', String.raw`\u003c`)};
const newest = ${JSON.stringify(messages[0]?.id ?? null)};
document.getElementById('clear').addEventListener('click', async () => {
  await fetch(${JSON.stringify(`${base}/api`)}, { method: 'DELETE' });
  location.assign(${JSON.stringify(base)});
});
for (const time of document.querySelectorAll('time')) time.textContent = new Date(time.dateTime).toLocaleTimeString();
setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(api).catch(() => null);
  if (answer?.ok && ((await answer.json()).messages[0]?.id ?? null) !== newest) location.reload();
}, 2000);
</script>
</body>
</html>`;
}

function emptyList({ to }: DevMailPage): string {
  return to === ''
    ? '<p class="empty">No mail yet.<br><span class="quiet">Sign up or ask for a link, and it appears here.</span></p>'
    : `<p class="empty">No mail to ${escapeHtml(to)}.</p>`;
}

function entry(page: DevMailPage, one: CaughtMessage): string {
  const isOpen = page.open?.id === one.id;
  return `<a href="${address(page, { id: one.id })}"${isOpen ? ' aria-current="true"' : ''}>
<span class="row"><bdi>${escapeHtml(one.to)}</bdi>${time(one)}</span>
<span class="subject" dir="auto">${escapeHtml(one.subject)}</span>
<span class="tag">${escapeHtml(one.kind === 'sms' ? 'text message' : one.template.replaceAll('_', ' '))}</span></a>`;
}

function message(page: DevMailPage, one: CaughtMessage): string {
  const asText = page.asText || one.html === '';
  const view = asText
    ? `<pre dir="auto">${escapeHtml(one.text)}</pre>`
    : `<iframe title="Message" sandbox="allow-popups allow-popups-to-escape-sandbox" src="${escapeHtml(`${page.base}/${one.id}/html`)}"></iframe>`;
  const tabs =
    one.html === ''
      ? ''
      : `<div class="tabs">${tab('HTML', address(page, { id: one.id }), !asText)}${tab('Plain text', address(page, { id: one.id, view: 'text' }), asText)}</div>`;
  return `<section>
<div class="head"><h2 dir="auto">${escapeHtml(one.subject)}</h2>
<dl>${one.from === '' ? '' : `<dt>From</dt><dd><bdi>${escapeHtml(one.from)}</bdi></dd>`}<dt>To</dt><dd><bdi>${escapeHtml(one.to)}</bdi></dd><dt>At</dt><dd>${time(one)}</dd></dl>${tabs}</div>
${view}
</section>`;
}

function tab(name: string, target: string, isCurrent: boolean): string {
  return `<a href="${target}"${isCurrent ? ' aria-current="true"' : ''}>${name}</a>`;
}

function time({ caughtAt }: CaughtMessage): string {
  return `<time datetime="${escapeHtml(caughtAt)}">${escapeHtml(caughtAt.slice(11, 19))}</time>`;
}

function address({ base, to }: DevMailPage, query: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams({ ...query, ...(to === '' ? {} : { to }) });
  return escapeHtml(parameters.size === 0 ? base : `${base}?${parameters.toString()}`);
}
