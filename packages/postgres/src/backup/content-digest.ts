import { createHash } from 'node:crypto';
import type { TarEntry } from './tar-header.ts';

/** Counts and hashes what goes into an archive and, the same way, what comes out of it. */
export class ContentDigest {
  readonly #hash = createHash('sha256');
  entries = 0;
  contentBytes = 0;

  begin({ path, type, mode, sizeBytes }: TarEntry): void {
    this.entries += 1;
    this.contentBytes += sizeBytes;
    this.#hash.update(`${type} ${mode} ${sizeBytes} ${path}\n`);
  }

  add(content: Buffer): void {
    this.#hash.update(content);
  }

  /** Of all so far, lower-case hex; more may follow. */
  sha256(): string {
    return this.#hash.copy().digest('hex');
  }
}
