import { compareContracts } from '../compare/compare-contracts.ts';
import {
  type Database,
  findVersion,
  type RegisteredDocument,
  type RegisteredVersion,
  type Visibility,
} from '../adapters/read-contracts.ts';
import type { ContractFormat } from '../domain/contract-format.ts';
import {
  compareVersions,
  type ContractVersion,
  formatVersion,
  nextVersion,
  parseVersion,
} from '../domain/contract-version.ts';
import { must } from '@ashlar/kernel';
import type { Change } from '../domain/change.ts';
import { registryErrors } from '../domain/registry-errors.ts';
import { type Contract, readContract } from '../parse/read-contract.ts';

export interface NewContract {
  readonly subject: string;
  readonly version: ContractVersion;
  readonly format: ContractFormat;
  /** JSON formats: a value, or its text. Others: text. */
  readonly document: unknown;
  readonly visibility: Visibility;
  /** Who registers it; null: the platform, or whoever has the secret key. */
  readonly by: string | null;
}

export interface Registered {
  readonly registered: RegisteredVersion;
  /** False: this version with this document was there already. */
  readonly created: boolean;
}

const MAX_SUBJECTS = 5_000;
const MAX_VERSIONS = 5_000;
/** Breaking changes named in a refusal's sentence; all of them travel beside it. */
const NAMED_CHANGES = 3;

/**
 * Registers one version in the caller's transaction, which has to be able to write the schema `registry`. Whoever comes
 * second waits; it gets the same answer for the same document, and a refusal for another one.
 *
 * @throws {AshlarError} `registry.incompatible` with the changes, `registry.version_taken`, `registry.version_behind`,
 * `registry.format_differs`, `registry.visibility_differs`, `registry.too_many`, and what `readContract` throws.
 */
export async function registerContract(db: Database, wanted: NewContract): Promise<Registered> {
  const contract = readContract(wanted.format, wanted.document);
  const { subject, version } = wanted;
  await db.query(`select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('registry:' || $1::text, 0))`, [
    subject,
  ]);
  await settleSubject(db, wanted);
  const same = await findVersion(db, subject, version);
  if (same !== undefined) {
    if (same.hash !== contract.hash) throw registryErrors.versionTaken({ subject, version: formatVersion(version) });
    return { registered: withoutContent(same), created: false };
  }
  await refuseBreach(db, wanted, contract);
  await db.query('insert into registry.documents (hash, content) values ($1, $2) on conflict do nothing', [
    contract.hash,
    contract.text,
  ]);
  await db.query(
    `insert into registry.versions (subject, major, minor, patch, hash, created_by) values ($1, $2, $3, $4, $5, $6)`,
    [subject, version.major, version.minor, version.patch, contract.hash, wanted.by],
  );
  const made = must(await findVersion(db, subject, version), 'version that was just written');
  return { registered: withoutContent(made), created: true };
}

async function settleSubject(db: Database, { subject, format, visibility }: NewContract): Promise<void> {
  const { rows } = await db.query<{ format: string; visibility: string; versions: number; subjects: number }>(
    `select s.format, s.visibility, (select count(*)::int from registry.versions v where v.subject = s.name) as versions
       from registry.subjects s where s.name = $1`,
    [subject],
  );
  const [found] = rows;
  if (found !== undefined) {
    if (found.format !== format) throw registryErrors.formatDiffers({ subject, found: found.format, wanted: format });
    if (found.visibility !== visibility) {
      throw registryErrors.visibilityDiffers({ subject, found: found.visibility, wanted: visibility });
    }
    if (found.versions >= MAX_VERSIONS) throw registryErrors.tooMany({ most: MAX_VERSIONS, what: 'versions' });
    return;
  }
  const { rows: counted } = await db.query<{ count: number }>('select count(*)::int as count from registry.subjects');
  if ((counted[0]?.count ?? 0) >= MAX_SUBJECTS) throw registryErrors.tooMany({ most: MAX_SUBJECTS, what: 'subjects' });
  await db.query('insert into registry.subjects (name, format, visibility) values ($1, $2, $3)', [
    subject,
    format,
    visibility,
  ]);
}

/** Within a major, later versions keep what earlier ones promised. */
async function refuseBreach(db: Database, { subject, version }: NewContract, contract: Contract): Promise<void> {
  const before = await findVersion(db, subject, { major: version.major });
  if (before === undefined) return;
  const latest = must(parseVersion(before.version), 'version');
  if (compareVersions(version, latest) < 0) {
    throw registryErrors.versionBehind({ subject, version: formatVersion(version), latest: before.version });
  }
  const changes = compareContracts(readContract(before.format, before.content), contract);
  const breaking = changes.filter(({ level }) => level === 'breaking');
  if (breaking.length > 0) throw incompatible(subject, version, before.version, changes, breaking);
}

function incompatible(
  subject: string,
  version: ContractVersion,
  latest: string,
  changes: readonly Change[],
  breaking: readonly Change[],
): Error {
  const named = breaking.slice(0, NAMED_CHANGES).map(({ path, message }) => `${path} ${message}`);
  const more = breaking.length - named.length;
  const list = `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  const next = formatVersion(nextVersion(version, 'major'));
  return registryErrors.incompatible(
    { subject, version: formatVersion(version), latest, changes: list, next },
    { current: { latest, next, changes } },
  );
}

function withoutContent({ content: _content, ...version }: RegisteredDocument): RegisteredVersion {
  return version;
}
