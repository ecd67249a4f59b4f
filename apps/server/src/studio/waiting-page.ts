/** No script runs here either: the page asks again by itself. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:30rem;margin:22vh auto;
padding:0 1.5rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px}`;
const ASK_AGAIN_SECONDS = 2;

export interface PlainPage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Shown while Studio is built from its sources. */
export function buildingPage(): PlainPage {
  return page(
    'Studio is being built',
    `<p>This happens once after an installation or a change of its sources and takes a few seconds.
    The API answers already. This page opens Studio when it is there.</p>`,
    { refresh: String(ASK_AGAIN_SECONDS), 'retry-after': String(ASK_AGAIN_SECONDS) },
  );
}

/** Shown where there will be none until somebody does something. */
export function missingPage(reason: string | null): PlainPage {
  return reason === null
    ? page('There is no Studio here', '<p>This installation came without it. The API answers as ever.</p>', {})
    : page('Studio could not be built', `<p>The API answers as ever.</p><pre>${escape(reason)}</pre>`, {});
}

function page(title: string, body: string, headers: PlainPage['headers']): PlainPage {
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · Ashlar</title><style>${STYLE}</style><h1>${title}</h1>${body}</html>`,
  };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
