import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { Pages } from '@ashlar/gateway';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StudioFolder } from './studio-folder.ts';
import { buildingPage, missingPage, type PlainPage } from './waiting-page.ts';

const PATH = '/studio';
const INDEX = 'index.html';
/** Their names hold a digest of their content. */
const NAMED_BY_CONTENT = 'assets/';
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_EACH_TIME = 'no-cache';
/** By preference. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/**
 * Scripts come from files of our own origin and nowhere else. Styles may stand in the page, as components set their
 * measures there.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    // GraphiQL, which the server has as a page of its own.
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  // Addresses hold names of tables and values of filters, and once the token of the setup link.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
};

interface BuiltFile {
  readonly sizeBytes: number;
  readonly tag: string;
}

/** Serves the built Studio below `/studio`, and its first page for every address it knows itself. */
export function createStudioPages(studio: StudioFolder): Pages {
  let listed: { readonly folder: string; readonly files: Promise<ReadonlyMap<string, BuiltFile>> } | null = null;

  function filesOf(folder: string): Promise<ReadonlyMap<string, BuiltFile>> {
    if (listed?.folder !== folder) listed = { folder, files: listFiles(folder) };
    return listed.files;
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const state = studio.state();
    if (state.is === 'building') return sendPlain(reply, 503, buildingPage());
    if (state.is === 'absent') return sendPlain(reply, 404, missingPage(null));
    if (state.is === 'failed') return sendPlain(reply, 500, missingPage(state.reason));
    const files = await filesOf(state.folder);
    const asked = nameIn(request.url);
    if (asked.startsWith(NAMED_BY_CONTENT) && !files.has(asked)) {
      return reply.code(404).headers(HEADERS).type('text/plain').send('There is no such file\n');
    }
    const name = files.has(asked) ? asked : INDEX;
    return sendFile(request, reply, state.folder, name, files);
  }

  return {
    path: PATH,
    addRoutes(app) {
      app.route({ method: ['GET', 'HEAD'], url: PATH, handler: answer });
      app.route({ method: ['GET', 'HEAD'], url: `${PATH}/*`, handler: answer });
    },
  };
}

function sendPlain(reply: FastifyReply, status: number, { headers, body }: PlainPage): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function sendFile(
  { headers, method }: FastifyRequest,
  reply: FastifyReply,
  folder: string,
  name: string,
  files: ReadonlyMap<string, BuiltFile>,
): FastifyReply {
  const accepted = headers['accept-encoding'] ?? '';
  const [encoding, suffix] = ENCODINGS.find(([own, end]) => accepted.includes(own) && files.has(name + end)) ?? [];
  const stored = `${name}${suffix ?? ''}`;
  const file = files.get(stored);
  if (file === undefined) return reply.code(404).send();
  void reply
    .headers(HEADERS)
    .header('vary', 'Accept-Encoding')
    .header('etag', file.tag)
    .header('cache-control', name.startsWith(NAMED_BY_CONTENT) ? FOR_EVER : ASK_EACH_TIME);
  if (headers['if-none-match'] === file.tag) return reply.code(304).send();
  void reply.type(TYPES[extname(name)] ?? 'application/octet-stream').header('content-length', file.sizeBytes);
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  return method === 'HEAD' ? reply.send() : reply.send(createReadStream(join(folder, stored)));
}

/** Only names of this list are ever opened. */
async function listFiles(folder: string): Promise<ReadonlyMap<string, BuiltFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const described = files.map(async (file) => {
    const { size, mtimeMs } = await stat(file);
    const name = file.slice(folder.length + 1).replaceAll(sep, '/');
    return [name, { sizeBytes: size, tag: `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"` }] as const;
  });
  return new Map(await Promise.all(described));
}

function nameIn(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.slice(PATH.length + 1);
}
