import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageCache } from '../application/image-renderer.ts';
import { IMAGE_FORMATS, type ImageFormat } from '../domain/image-options.ts';
import { FILE_MODE, FOLDER_MODE, nullWhenMissing, projectFolder } from './folder-layout.ts';

/** After this a use is noted on disk again, so that the next process knows what was used last. */
const TOUCH_MS = 3_600_000;

interface Entry {
  readonly path: string;
  readonly format: ImageFormat;
  readonly sizeBytes: number;
  usedAt: number;
}

/** Pictures as files `<root>/<project>/<key>.<format>`; beyond the limit those used longest ago go. */
export function createFolderImageCache(root: string, limitBytes: number): ImageCache {
  // In order of use. What is on disk is looked at once, by the first who asks.
  const entries = new Map<string, Entry>();
  let heldBytes = 0;
  let known: Promise<void> | null = null;

  async function look(): Promise<void> {
    const found: (Entry & { readonly name: string })[] = [];
    for (const project of (await readdir(root).catch(nullWhenMissing)) ?? []) {
      for (const file of await readdir(join(root, project)).catch(() => [])) {
        const path = join(root, project, file);
        const [key = '', ending = ''] = file.split('.');
        const format = IMAGE_FORMATS.find((one) => one === ending);
        const is = await stat(path).catch(() => null);
        if (is === null || !is.isFile()) continue;
        // What a crash left half written has no format.
        if (format === undefined) await unlink(path).catch(() => undefined);
        else found.push({ name: `${project}/${key}`, path, format, sizeBytes: is.size, usedAt: is.mtimeMs });
      }
    }
    for (const { name, ...entry } of found.toSorted((one, other) => one.usedAt - other.usedAt)) add(name, entry);
    await shrink();
  }

  function add(name: string, entry: Entry): void {
    forget(name);
    entries.set(name, entry);
    heldBytes += entry.sizeBytes;
  }

  function forget(name: string): void {
    heldBytes -= entries.get(name)?.sizeBytes ?? 0;
    entries.delete(name);
  }

  async function shrink(): Promise<void> {
    for (const [name, { path }] of entries) {
      if (heldBytes <= limitBytes) return;
      forget(name);
      await unlink(path).catch(() => undefined);
    }
  }

  return {
    async get(project, key) {
      await (known ??= look());
      const name = `${project}/${key}`;
      const entry = entries.get(name);
      if (entry === undefined) return null;
      const bytes = await readFile(entry.path).catch(() => null);
      if (bytes?.length !== entry.sizeBytes) {
        forget(name);
        return null;
      }
      const now = Date.now();
      const isStale = now - entry.usedAt > TOUCH_MS;
      add(name, isStale ? { ...entry, usedAt: now } : entry);
      if (isStale) await utimes(entry.path, now / 1_000, now / 1_000).catch(() => undefined);
      return { bytes, format: entry.format };
    },

    async put(project, key, { bytes, format }) {
      if (bytes.length > limitBytes) return;
      await (known ??= look());
      const folder = projectFolder(root, project);
      const path = join(folder, `${key}.${format}`);
      const unfinished = join(folder, randomUUID());
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      const file = await open(unfinished, 'wx', FILE_MODE);
      try {
        await file.writeFile(bytes);
        // A name that outlived its bytes in a power cut would be served.
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
      add(`${project}/${key}`, { path, format, sizeBytes: bytes.length, usedAt: Date.now() });
      await shrink();
    },
  };
}
