import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import sharp from 'sharp';
import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import { httpLoad, type LoadRequest } from '../load/http-load.ts';
import { startBareFiles } from '../rivals/start-bare-files.ts';
import type { Effort } from './compare-scenario.ts';
import { interleave } from './interleave.ts';

/** Per second where nothing else is said. */
export interface FileFigures {
  readonly uploads: number;
  readonly bareUploads: number;
  readonly downloads: number;
  readonly bareDownloads: number;
  readonly signings: number;
  /** Single-row reads under row-level security, from as many clients. */
  readonly reads: number;
  /** Objects of the bucket that is listed. */
  readonly listedOf: number;
  readonly listMs: number;
  readonly thumbnailMs: number;
  readonly cachedThumbnailMs: number;
}

export const MIB: string = Buffer.alloc(2 ** 20, 'x').toString();
export const CLIENTS = 8;
export const SIGNERS = 32;
const FOLDER = 1_000;
const ROUNDS_OF_FULL = 5;
const REPEATS = 9;
export const BUCKET = 'bench';

/** Files of 1 MiB beside a bare server that syncs too, signed addresses, a large bucket's listing, and pictures. */
export async function measureFiles(instance: Instance, folder: string, effort: Effort): Promise<FileFigures> {
  const { serviceRoleKey } = instance.keys.keys;
  const headers = { apikey: serviceRoleKey, 'x-upsert': 'true' };
  await post(instance, '/bucket', headers, JSON.stringify({ name: BUCKET }), 'application/json');
  const transfers = await measureTransfers(instance, folder, headers, effort);
  const signing = await measureSigning(instance, headers, effort);
  const listing = await measureListing(instance, headers, effort);
  return { ...transfers, ...signing, ...listing, ...(await measureThumbnail(instance, headers)) };
}

type Headers = Readonly<Record<string, string>>;

async function post(
  { url }: Instance,
  path: string,
  headers: Headers,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
): Promise<string> {
  const answer = await fetch(`${url}/storage/v1${path}`, {
    method: 'POST',
    body,
    headers: {
      ...headers,
      'content-type': type,
    },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return text;
}

async function measureTransfers(instance: Instance, folder: string, headers: Headers, effort: Effort) {
  const files = join(folder, 'bare-files');
  await mkdir(files, { recursive: true });
  const bare = await startBareFiles(files, join(folder, 'bare-files.log'));
  // As many names as clients, so that nobody waits for a neighbour's row.
  const names = Array.from({ length: CLIENTS }, (_none, at) => `file-${at}`);
  const perSecond = async (url: string, requests: readonly LoadRequest[]): Promise<number> => {
    const { perSecond: found, failures } = await httpLoad({
      url,
      requests,
      connections: CLIENTS,
      seconds: effort.secondsPerRun,
    });
    if (failures > 0) throw new Error(`${failures} transfers failed`);
    return found;
  };
  const typed = { ...headers, 'content-type': 'application/octet-stream' };
  const up = (prefix: string): LoadRequest[] =>
    names.map((name) => ({ method: 'POST', path: `${prefix}/${name}`, headers: typed, body: MIB }));
  const down = (prefix: string): LoadRequest[] =>
    names.map((name) => ({ method: 'GET', path: `${prefix}/${name}`, headers }));
  const ours = `/storage/v1/object/${BUCKET}`;
  try {
    // A short run need not get as far as the last name.
    for (const { path, headers: sent, body = '' } of up('')) {
      await fetch(`${bare.url}${path}`, { method: 'POST', body });
      await fetch(`${instance.url}${ours}${path}`, { method: 'POST', headers: sent, body });
    }
    return await interleave(effort.rounds, {
      uploads: () => perSecond(instance.url, up(ours)),
      bareUploads: () => perSecond(bare.url, up('')),
      downloads: () => perSecond(instance.url, down(ours)),
      bareDownloads: () => perSecond(bare.url, down('')),
    });
  } finally {
    await bare.stop();
  }
}

async function measureSigning({ url, keys }: Instance, headers: Headers, effort: Effort) {
  const { anonKey, jwtSecret } = keys.keys;
  const sign: LoadRequest = {
    method: 'POST',
    path: `/storage/v1/object/sign/${BUCKET}/file-0`,
    body: '{"expiresIn":60}',
    headers: {
      ...headers,
      'content-type': 'application/json',
    },
  };
  const read: LoadRequest = {
    method: 'GET',
    path: '/rest/v1/bench_todos?id=eq.0',
    headers: {
      apikey: anonKey,
      authorization: `Bearer ${benchUser(0, jwtSecret).token}`,
    },
  };
  const of = async (request: LoadRequest): Promise<number> =>
    (await httpLoad({ url, requests: [request], connections: SIGNERS, seconds: effort.secondsPerRun })).perSecond;
  return interleave(effort.rounds, { signings: () => of(sign), reads: () => of(read) });
}

async function measureListing(instance: Instance, headers: Headers, { rounds }: Effort) {
  const listedOf = rounds < ROUNDS_OF_FULL ? 100_000 : 1_000_000;
  const client = new Client(instance.login('owner'));
  await client.connect();
  await client.query(`
    set role service_role;
    insert into storage.objects (bucket_id, name, metadata)
    select '${BUCKET}', 'folder-' || (g / ${FOLDER}) || '/object-' || g, '{"size": 1}'
      from generate_series(0, ${listedOf - 1}) g;
    reset role`);
  // As autovacuum does by itself, a minute after so many rows came at once.
  await client.query('analyze storage.objects');
  await client.end();
  const body = JSON.stringify({ prefix: 'folder-7/', limit: FOLDER });
  const listMs = await medianMs(async () => {
    const text = await post(instance, `/object/list/${BUCKET}`, headers, body, 'application/json');
    if ((JSON.parse(text) as unknown[]).length !== FOLDER) throw new Error('The listing is not whole');
  });
  return { listedOf, listMs };
}

async function measureThumbnail(instance: Instance, headers: Headers) {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const photo = await sharp({ create: { width: 4_000, height: 3_000, channels: 3, background: '#888', noise } })
    .jpeg({ quality: 85 })
    .toBuffer();
  await post(instance, `/object/${BUCKET}/photo.jpg`, headers, new Uint8Array(photo), 'image/jpeg');
  const show = async (width: number): Promise<void> => {
    const path = `/storage/v1/render/image/authenticated/${BUCKET}/photo.jpg?width=${width}&height=${width}`;
    const answer = await fetch(`${instance.url}${path}`, { headers });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error('There is no thumbnail');
  };
  // The process that makes them starts with the first.
  await show(299);
  let width = 300;
  const thumbnailMs = await medianMs(() => show((width += 1)));
  return { thumbnailMs, cachedThumbnailMs: await medianMs(() => show(299)) };
}

async function medianMs(work: () => Promise<void>): Promise<number> {
  const { ms } = await interleave(REPEATS, {
    ms: async () => {
      const started = performance.now();
      await work();
      return performance.now() - started;
    },
  });
  return ms;
}
