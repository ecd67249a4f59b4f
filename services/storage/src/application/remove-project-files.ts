import type { FileStore } from './file-store.ts';

const AT_ONCE = 50;
/** The end of time as JavaScript counts it: no file is younger. */
const EVER = new Date(8.64e15);

/** Removes all files of a project whose database is gone, wherever they are; may be repeated. */
export async function removeProjectFiles(files: FileStore, project: string): Promise<void> {
  let batch: string[] = [];
  const flush = async (): Promise<void> => {
    const versions = batch;
    batch = [];
    await Promise.all(versions.map((version) => files.remove({ project, version })));
  };
  for await (const version of files.settled(project, EVER)) {
    if (batch.push(version) === AT_ONCE) await flush();
  }
  await flush();
}
