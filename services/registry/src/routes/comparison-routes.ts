import { BoundedCache } from '@ashlar/kernel';
import type { FastifyInstance } from 'fastify';
import { asCaller } from '@ashlar/service';
import { findVersion, nameOf, type RegisteredDocument } from '../adapters/read-contracts.ts';
import { compareContracts } from '../compare/compare-contracts.ts';
import { type Change, describeChanges, stepFor } from '../domain/change.ts';
import { formatVersion, nextVersion, parseVersion } from '../domain/contract-version.ts';
import { registryErrors } from '../domain/registry-errors.ts';
import { readContract } from '../parse/read-contract.ts';
import { readChecked, readPair, selectorOf, subjectOf } from './read-input.ts';

/** Pairs of documents whose changes are remembered: neither document changes, and anybody may ask. */
const REMEMBERED = 100;

/** What changed between versions, and what a new one would change. */
export function addComparisonRoutes(app: FastifyInstance): void {
  const known = new BoundedCache<string, readonly Change[]>(REMEMBERED);
  const changesBetween = (before: RegisteredDocument, after: RegisteredDocument): readonly Change[] => {
    const key = `${before.format} ${before.hash} ${after.hash}`;
    const found =
      known.get(key) ??
      compareContracts(readContract(before.format, before.content), readContract(after.format, after.content));
    known.set(key, found);
    return found;
  };

  app.get('/subjects/:subject/diff', async (request, reply) => {
    const subject = subjectOf(request);
    const { from, to } = readPair(request.query);
    const [before, after] = await asCaller(request.ashlar, (tx) =>
      Promise.all([from, to].map((text) => findVersion(tx, subject, selectorOf(text)))),
    );
    if (before === undefined || after === undefined) {
      const missing = nameOf(selectorOf(before === undefined ? from : to));
      throw registryErrors.notFound({ what: 'version', id: `${subject} ${missing}` });
    }
    const changes = changesBetween(before, after);
    if (/^text\/markdown\b/.test(request.headers.accept ?? '')) {
      const title = `# ${subject}: ${before.version} to ${after.version}\n\n`;
      return reply.header('content-type', 'text/markdown; charset=utf-8').send(title + describeChanges(changes));
    }
    return { subject, from: before.version, to: after.version, ...verdictOf(changes) };
  });

  // What registering the document would say. Comparing costs more than reading, so strangers are not let in to it.
  app.post('/subjects/:subject/check', async (request) => {
    const subject = subjectOf(request);
    const { format, document } = readChecked(request.body);
    if (request.ashlar.caller.role !== 'service_role') throw registryErrors.accessDenied();
    const contract = readContract(format, document);
    const latest = await asCaller(request.ashlar, (tx) => findVersion(tx, subject, {}));
    if (latest === undefined) return { subject, latest: null, next: '1.0.0', ...verdictOf([]) };
    const changes = compareContracts(readContract(latest.format, latest.content), contract);
    const found = parseVersion(latest.version);
    const isSame = latest.hash === contract.hash;
    const next = found === undefined || isSame ? latest.version : formatVersion(nextVersion(found, stepFor(changes)));
    return { subject, latest: latest.version, next, ...verdictOf(changes) };
  });
}

interface Verdict {
  /** Whether somebody who relies on the old version can go on with the new one. */
  readonly compatible: boolean;
  readonly changes: readonly Change[];
}

function verdictOf(changes: readonly Change[]): Verdict {
  return { compatible: changes.every(({ level }) => level !== 'breaking'), changes };
}
