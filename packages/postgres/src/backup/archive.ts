import { open } from 'node:fs/promises';
import { ContentDigest } from './content-digest.ts';
import { ignoreVanished, type InstanceFile } from './instance-files.ts';
import { BACKUP_FORMAT, type BackupManifest, MANIFEST_PATH } from './manifest.ts';
import { BLOCK_BYTES, encodeTarHeader, padding, type TarEntry } from './tar-header.ts';

const CHUNK_BYTES = 256 * 1024;

/** Turns files into the bytes of an archive, counting and hashing what it has handed out. */
export class Archive {
  readonly #postgres: string;
  readonly #digest = new ContentDigest();

  /** @param postgres Major version of the server whose files go in. */
  constructor(postgres: string) {
    this.#postgres = postgres;
  }

  get entries(): number {
    return this.#digest.entries;
  }

  get contentBytes(): number {
    return this.#digest.contentBytes;
  }

  async *addFile(file: InstanceFile): AsyncGenerator<Buffer, void, undefined> {
    if (file.type === 'folder') {
      yield this.#begin(file);
      return;
    }
    const handle = await open(file.absolutePath).catch(ignoreVanished);
    if (handle === undefined) return;
    try {
      yield this.#begin(file);
      for (let at = 0; at < file.sizeBytes;) {
        const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, file.sizeBytes - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        // It was cut meanwhile: the log tells the copy so, the archive needs the length it announced.
        const chunk = bytesRead === 0 ? buffer.fill(0) : buffer.subarray(0, bytesRead);
        at += chunk.length;
        this.#digest.add(chunk);
        yield chunk;
      }
      yield padding(file.sizeBytes);
    } finally {
      await handle.close();
    }
  }

  *addText(path: string, text: string): Generator<Buffer, void, undefined> {
    const content = Buffer.from(text);
    const header = this.#begin({ path, type: 'file', mode: 0o600, sizeBytes: content.length });
    this.#digest.add(content);
    yield Buffer.concat([header, content, padding(content.length)]);
  }

  *finish(): Generator<Buffer, void, undefined> {
    const manifest: BackupManifest = {
      format: BACKUP_FORMAT,
      postgres: this.#postgres,
      createdAt: new Date().toISOString(),
      entries: this.entries,
      contentBytes: this.contentBytes,
      sha256: this.#digest.sha256(),
    };
    yield* this.addText(MANIFEST_PATH, `${JSON.stringify(manifest, undefined, 2)}\n`);
    yield Buffer.alloc(2 * BLOCK_BYTES);
  }

  #begin(entry: TarEntry): Buffer {
    this.#digest.begin(entry);
    return encodeTarHeader(entry);
  }
}
