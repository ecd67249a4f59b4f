import { createHash } from 'node:crypto';
import { GRAPHQL_PREFIX } from '../data-contract.ts';

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** Below the prefix, followed by a version and a file's name. */
export const GRAPHIQL_PATH = '/graphiql';

/** Whether a browser asks for something to look at; clients ask for JSON or for anything. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes('text/html') ?? false;
}

// Monaco sets its colours in style elements of its own; nothing that could send data elsewhere is allowed.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  // Studio shows it beside a choice of whom to ask as.
  "frame-ancestors 'self'",
].join('; ');

/**
 * GraphiQL over one project. The publishable key, which every browser may have, goes along until the header editor
 * names another; what is typed there is not stored.
 *
 * @param publicUrl Origin and prefix of the project.
 */
export async function graphiqlPage(publicUrl: string, apikey: string | undefined): Promise<PageFile> {
  const { version } = await filesOnce();
  const endpoint = `${new URL(publicUrl).pathname.replace(/\/$/, '')}${GRAPHQL_PREFIX}`;
  const files = `${endpoint}${GRAPHIQL_PATH}/${version}`;
  const configuration = { endpoint, ...(apikey === undefined ? {} : { apikey }) };
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      vary: 'Accept',
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>GraphQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${files}/graphiql.css">
<link rel="stylesheet" href="${files}/page.css">
</head>
<body>
<noscript>This page needs JavaScript: it runs operations and shows what they answer.</noscript>
<div id="root"></div>
<script type="application/json" id="configuration">${JSON.stringify(configuration).replaceAll('<', '\\u003c')}</script>
<script src="${files}/graphiql.js"></script>
<script src="${files}/page.js"></script>
</body>
</html>
`,
  };
}

/** @returns Null for what is no file of this version. */
export async function graphiqlFile(version: string, name: string): Promise<PageFile | null> {
  const files = await filesOnce();
  const file = version === files.version ? files.byName.get(name) : undefined;
  return file ?? null;
}

interface Files {
  /** Changes with their content, so that browsers keep them for good. */
  readonly version: string;
  readonly byName: ReadonlyMap<string, PageFile>;
}

const PAGE_STYLE = `html, body, #root { height: 100%; margin: 0; }
body { background: light-dark(#fff, #212a3b); }
`;

// Written as text because it runs in the browser: the sources of this package are checked for Node.
const PAGE_SCRIPT = `'use strict';
const files = new URL('.', document.currentScript.src);
const workers = { json: 'json.worker.js', graphql: 'graphql.worker.js' };
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => new URL(workers[label] ?? 'editor.worker.js', files).href,
};
const { endpoint, apikey } = JSON.parse(document.getElementById('configuration').textContent);
// Whoever shows this page in a frame may say as whom it asks; what follows # is sent to no server and kept nowhere.
const authorization = new URLSearchParams(location.hash.slice(1)).get('authorization');
history.replaceState(null, '', location.pathname + location.search);
const headers = { ...(apikey === undefined ? {} : { apikey }), ...(authorization === null ? {} : { authorization }) };
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  endpoint,
  title: 'GraphQL',
  logo: ' ',
  additionalHeaders: headers,
  headers: JSON.stringify(headers, null, 2),
  shouldPersistHeaders: false,
});
`;

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

let files: Promise<Files> | undefined;

/** Some 9 MB of text: read when the first page is asked for, and never where there is none. */
function filesOnce(): Promise<Files> {
  files ??= readFiles();
  // What failed may succeed for the next who asks.
  files.catch(() => (files = undefined));
  return files;
}

async function readFiles(): Promise<Files> {
  const bundle = await import('@graphql-yoga/render-graphiql/graphiql');
  const contents: readonly (readonly [string, string, string])[] = [
    ['graphiql.js', SCRIPT, bundle.js],
    ['editor.worker.js', SCRIPT, bundle.editorWorkerService],
    ['json.worker.js', SCRIPT, bundle.jsonWorker],
    ['graphql.worker.js', SCRIPT, bundle.graphqlWorker],
    ['graphiql.css', STYLE, bundle.css],
    ['page.css', STYLE, PAGE_STYLE],
    ['page.js', SCRIPT, PAGE_SCRIPT],
  ];
  const hash = createHash('sha256');
  for (const [, , text] of contents) hash.update(text);
  return {
    version: hash.digest('hex').slice(0, 16),
    byName: new Map(contents.map(([name, type, text]) => [name, fileOf(type, text)])),
  };
}

function fileOf(type: string, text: string): PageFile {
  return {
    headers: {
      'content-type': type,
      // A worker has the policy it came with.
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=31536000, immutable',
    },
    body: Buffer.from(text),
  };
}
