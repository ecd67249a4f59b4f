import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { BUILD_PROGRAM, CACHE_FOLDER, nameOfSources, PREBUILT_FOLDER } from '@ashlar/studio/build';
import type { Observe } from '@ashlar/telemetry';

/** How Studio stands. `absent`: neither sources nor a build came with this installation. */
export type StudioState =
  | { readonly is: 'ready'; readonly folder: string }
  | { readonly is: 'building' }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'absent' };

export interface StudioFolder {
  /** How it stands now; asking begins what is missing. */
  state(): StudioState;
  close(): void;
}

export interface StudioFolderOptions {
  readonly observe: Observe;
  /** Builds are kept here when the checkout cannot be written. */
  readonly dataFolder: string;
}

/** A bundler that needs longer than this does not come back. */
const BUILD_WITHIN_MS = 300_000;
/** Of what the bundler says, as much as tells what is wrong. */
const REASON_LENGTH = 2_000;

/**
 * Finds the built Studio: the build of the sources as they are, made before or begun now in a program of its own, or the
 * one a package without sources brings along. Nothing waits for it.
 */
export function createStudioFolder({ observe, dataFolder }: StudioFolderOptions): StudioFolder {
  const stopping = new AbortController();
  let current: StudioState | null = null;

  async function prepare(): Promise<void> {
    const name = await nameOfSources();
    if (name === null) {
      current = existsSync(PREBUILT_FOLDER) ? { is: 'ready', folder: PREBUILT_FOLDER } : { is: 'absent' };
      return;
    }
    const folder = join(await cacheFolder(dataFolder), name);
    if (!existsSync(folder)) {
      const startedAt = performance.now();
      await build(folder, stopping.signal);
      observe({ kind: 'studio.built', durationMs: performance.now() - startedAt });
    }
    current = { is: 'ready', folder };
  }

  return {
    state() {
      if (current !== null) return current;
      current = { is: 'building' };
      prepare().catch((error: unknown) => {
        if (stopping.signal.aborted) return;
        observe({ kind: 'studio.unbuilt', error });
        current = { is: 'failed', reason: error instanceof Error ? error.message : String(error) };
      });
      return current;
    },
    close: () => stopping.abort(),
  };
}

async function cacheFolder(dataFolder: string): Promise<string> {
  try {
    await mkdir(CACHE_FOLDER, { recursive: true });
    await access(CACHE_FOLDER, constants.W_OK);
    return CACHE_FOLDER;
  } catch {
    return join(dataFolder, 'cache', 'studio');
  }
}

/** @throws {Error} With the end of what the bundler said. */
function build(folder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUILD_PROGRAM, folder], {
      signal,
      timeout: BUILD_WITHIN_MS,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-REASON_LENGTH);
    });
    child.on('error', reject).on('exit', (code, killed) => {
      if (code === 0) resolve();
      else reject(new Error(said.trim() === '' ? `The build of Studio ended with ${code ?? killed}` : said.trim()));
    });
  });
}
