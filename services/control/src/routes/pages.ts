import { escapeHtml } from '@ashlar/kernel';

/** The page holds a secret in its address and its form: nobody is told of it, and nothing else runs on it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color:#1c1c1c}
label{display:block;margin:1rem 0 .25rem}input{width:100%;padding:.5rem;font:inherit;box-sizing:border-box}
button{margin-top:1.5rem;padding:.6rem 1.2rem;font:inherit}.wrong{color:#a40000}`;

/** The form of the first owner. */
export function setupFace(token: string, wrong: string | null): string {
  const said = wrong === null ? '' : `<p class="wrong" role="alert">${escapeHtml(wrong)}</p>`;
  return page(
    'Set up this instance',
    `<p>The first account owns the instance and invites the others.</p>${said}
<form method="post" action="setup">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<label for="organisation">Organisation</label><input id="organisation" name="organisation" required maxlength="200">
<label for="email">E-mail</label><input id="email" name="email" type="email" required autocomplete="username">
<label for="password">Password</label><input id="password" name="password" type="password" required autocomplete="new-password">
<button>Create the owner</button></form>`,
  );
}

export function doneFace(email: string | null): string {
  const said = email === null ? 'This instance has an owner.' : `${escapeHtml(email)} owns this instance now.`;
  return page('Set up', `<p>${said}</p>`);
}

/** Nobody but the mailbox has seen the token of its address, or whoever invited sent the link on. */
export function invitationFace(token: string, wrong: string | null): string {
  const said = wrong === null ? '' : `<p class="wrong" role="alert">${escapeHtml(wrong)}</p>`;
  return page(
    'You are invited',
    `<p>Choose a password for your account. If you have one already, sign in first.</p>${said}
<form method="post" action="accept">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<label for="password">Password</label><input id="password" name="password" type="password" required autocomplete="new-password">
<button>Accept</button></form>`,
  );
}

export function acceptedFace(email: string): string {
  return page('Welcome', `<p>${escapeHtml(email)} may sign in now.</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · Ashlar</title><style>${STYLE}</style><h1>${title}</h1>${body}</html>`;
}
