import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fileStoreContract } from '../file-store.contract.ts';
import { createFolderFileStore } from './folder-file-store.ts';

fileStoreContract(async () => {
  const root = await mkdtemp(join(tmpdir(), 'ashlar-files-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return createFolderFileStore(root);
});
