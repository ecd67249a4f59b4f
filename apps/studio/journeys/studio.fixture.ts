import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from '@ashlar/testing';
import { buildStudio } from '../build/build-studio.ts';
import { CACHE_FOLDER, nameOfSources } from '../build/studio-sources.ts';

export const OWNER = { organisation: 'The Shop', email: 'ada@example.org', password: 'correct horse battery' } as const;

/** Builds Studio unless it was built from the same sources before; the server finds it. */
export async function haveStudioBuilt(): Promise<void> {
  const name = await nameOfSources();
  if (name === null) throw new Error('There are no sources to build Studio from');
  const folder = join(CACHE_FOLDER, name);
  if (!existsSync(folder)) await buildStudio(folder);
}

/** A link that makes the first owner; it opens Studio. */
export async function setupLink(server: RunningServer): Promise<string> {
  const { stdout } = await server.ashlar('setup-link');
  return stdout.trim();
}
