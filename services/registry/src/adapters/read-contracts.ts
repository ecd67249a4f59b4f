import type { ContractFormat } from '../domain/contract-format.ts';
import { type ContractVersion, formatVersion } from '../domain/contract-version.ts';

/** A transaction of a project, or a connection of its administrator. Names are those of the schema `registry`. */
export interface Database {
  query<Row extends Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[] }>;
}

export type Visibility = 'public' | 'private';

export interface Subject {
  readonly name: string;
  readonly format: ContractFormat;
  readonly visibility: Visibility;
  /** Its highest version. */
  readonly latest: string;
  readonly created_at: string;
}

export interface RegisteredVersion {
  readonly subject: string;
  readonly version: string;
  readonly format: ContractFormat;
  /** SHA-256 of the document, hex. */
  readonly hash: string;
  readonly created_by: string | null;
  readonly created_at: string;
}

export interface RegisteredDocument extends RegisteredVersion {
  readonly content: string;
}

/** Which of a subject's versions: one, the highest of a major, or the highest of all. */
export type VersionSelector = Partial<ContractVersion>;

const VERSION_COLUMNS = `v.subject, concat_ws('.', v.major, v.minor, v.patch) as version, s.format, v.hash, v.created_by,
  to_json(v.created_at) #>> '{}' as created_at`;

/** One page in the order of their names. @param after The last name of the page before. */
export async function listSubjects(
  db: Database,
  wanted: { search: string | null; format: string | null; after: string; limit: number },
): Promise<readonly Subject[]> {
  const { rows } = await db.query<Record<string, unknown> & Subject>(
    `select s.name, s.format, s.visibility, latest.version as latest, to_json(s.created_at) #>> '{}' as created_at
       from registry.subjects s
       cross join lateral (
         select concat_ws('.', v.major, v.minor, v.patch) as version from registry.versions v
         where v.subject = s.name order by v.major desc, v.minor desc, v.patch desc limit 1
       ) latest
      where s.name > $1 and ($2::text is null or position($2::text in s.name) > 0) and ($3::text is null or s.format = $3)
      order by s.name limit $4`,
    [wanted.after, wanted.search, wanted.format, wanted.limit],
  );
  return rows;
}

/** Highest first. */
export async function listVersions(
  db: Database,
  subject: string,
  limit: number,
): Promise<readonly RegisteredVersion[]> {
  const { rows } = await db.query<Record<string, unknown> & RegisteredVersion>(
    `select ${VERSION_COLUMNS} from registry.versions v join registry.subjects s on s.name = v.subject
      where v.subject = $1 order by v.major desc, v.minor desc, v.patch desc limit $2`,
    [subject, limit],
  );
  return rows;
}

export async function findVersion(
  db: Database,
  subject: string,
  { major, minor, patch }: VersionSelector,
): Promise<RegisteredDocument | undefined> {
  const { rows } = await db.query<Record<string, unknown> & RegisteredDocument>(
    `select ${VERSION_COLUMNS}, d.content
       from registry.versions v
       join registry.subjects s on s.name = v.subject
       join registry.documents d on d.hash = v.hash
      where v.subject = $1 and ($2::int is null or v.major = $2)
        and ($3::int is null or v.minor = $3) and ($4::int is null or v.patch = $4)
      order by v.major desc, v.minor desc, v.patch desc limit 1`,
    [subject, major ?? null, minor ?? null, patch ?? null],
  );
  return rows[0];
}

export async function findDocument(
  db: Database,
  hash: string,
): Promise<{ readonly content: string; readonly format: ContractFormat } | undefined> {
  const { rows } = await db.query<{ content: string; format: ContractFormat }>(
    `select d.content, s.format from registry.documents d
       join registry.versions v on v.hash = d.hash join registry.subjects s on s.name = v.subject
      where d.hash = $1 limit 1`,
    [hash],
  );
  return rows[0];
}

/** For messages. */
export function nameOf(selector: VersionSelector): string {
  const { major, minor, patch } = selector;
  if (major === undefined) return 'latest';
  return minor === undefined || patch === undefined ? String(major) : formatVersion({ major, minor, patch });
}
