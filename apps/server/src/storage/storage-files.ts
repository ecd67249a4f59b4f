import type { StorageDoor } from './storage-door.ts';
import { encodePath, isBelow, type RemotePath } from './remote-path.ts';

/** An object as a listing tells of it. */
export interface RemoteFile {
  readonly name: string;
  readonly sizeBytes: number;
}

interface Page {
  readonly hasNext: boolean;
  readonly nextCursor?: string;
  readonly folders: readonly { readonly name: string }[];
  readonly objects: readonly { readonly name: string; readonly metadata: { readonly size?: number } | null }[];
}

const PAGE = 1_000;
/** Names the server removes at once. */
const REMOVED_AT_ONCE = 1_000;

export async function bucketNames(door: StorageDoor): Promise<string[]> {
  const buckets = (await (await door('/bucket')).json()) as readonly { readonly id: string }[];
  return buckets.map(({ id }) => id);
}

async function* pages(door: StorageDoor, { bucket, key }: RemotePath, byFolder: boolean): AsyncGenerator<Page> {
  let cursor: string | undefined;
  do {
    const body = JSON.stringify({ prefix: key, limit: PAGE, with_delimiter: byFolder, ...(cursor ? { cursor } : {}) });
    const answer = await door(`/object/list-v2/${encodeURIComponent(bucket)}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    const page = (await answer.json()) as Page;
    yield page;
    cursor = page.hasNext ? page.nextCursor : undefined;
  } while (cursor !== undefined);
}

/** What is directly in a folder, folders with a slash at their end. */
export async function* entriesIn(door: StorageDoor, path: RemotePath): AsyncGenerator<string> {
  for await (const { folders, objects } of pages(door, path, true)) {
    const names = [...folders, ...objects].map(({ name }) => name).filter((name) => name.startsWith(path.key));
    yield* names.toSorted().map((name) => name.slice(path.key.lastIndexOf('/') + 1));
  }
}

/** Everything below a folder, and an object of that very name. */
export async function* filesBelow(door: StorageDoor, path: RemotePath): AsyncGenerator<RemoteFile> {
  for await (const { objects } of pages(door, path, false)) {
    for (const { name, metadata } of objects) {
      if (name === path.key || isBelow(name, path.key)) yield { name, sizeBytes: metadata?.size ?? 0 };
    }
  }
}

/** @returns Null when there is no object of this name. */
export async function fileAt(door: StorageDoor, path: RemotePath): Promise<RemoteFile | null> {
  if (path.key === '' || path.key.endsWith('/')) return null;
  for await (const file of filesBelow(door, path)) if (file.name === path.key) return file;
  return null;
}

/** @returns The names that were removed; those of others are not there, or not the caller's. */
export async function removeFiles(door: StorageDoor, bucket: string, names: readonly string[]): Promise<string[]> {
  const removed: string[] = [];
  for (let at = 0; at < names.length; at += REMOVED_AT_ONCE) {
    const answer = await door(`/object/${encodeURIComponent(bucket)}`, {
      method: 'DELETE',
      body: JSON.stringify({ prefixes: names.slice(at, at + REMOVED_AT_ONCE) }),
      headers: { 'content-type': 'application/json' },
    });
    const rows = (await answer.json()) as readonly { readonly name: string }[];
    removed.push(...rows.map(({ name }) => name));
  }
  return removed;
}

export async function copyFile(door: StorageDoor, from: RemotePath, to: RemotePath): Promise<void> {
  const body = { bucketId: from.bucket, sourceKey: from.key, destinationBucket: to.bucket, destinationKey: to.key };
  await door('/object/copy', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      'x-upsert': 'true',
    },
  });
}

export function objectPath(path: RemotePath): string {
  return `/object/${encodePath(path)}`;
}
