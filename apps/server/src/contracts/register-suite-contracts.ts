import type { Suite } from '@ashlar/kernel';
import { type Database, registerContract } from '@ashlar/registry';
import { contractsInFolder } from './committed-contracts.ts';
import { CONTRACT_FILES, subjectOf } from './contract-files.ts';

/**
 * Registers the committed contracts of a suite in a project, in the transaction of a connection that may write the
 * registry. What a suite answers to anybody is described to anybody, so they are public. A suite without any is passed over.
 *
 * @throws {AshlarError} `registry.incompatible` and whatever else keeps one of them out.
 */
export async function registerSuiteContracts(db: Database, suite: Suite): Promise<void> {
  const written = contractsInFolder(suite);
  if (written === null) return;
  for (const kind of CONTRACT_FILES) {
    const document = written.files.get(kind.file);
    if (document === undefined) continue;
    const { version } = written;
    const { format } = kind;
    const subject = subjectOf(suite, kind);
    await registerContract(db, { subject, version, format, document, visibility: 'public', by: null });
  }
}
