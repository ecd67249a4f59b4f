import { createHash } from 'node:crypto';
import type { ProjectDatabase } from '@ashlar/postgres';
import { GraphQLError } from 'graphql';
import { DocumentMemory } from './document-memory.ts';
import type { GraphqlRequest, PersistedRequest } from '@ashlar/graphql';

/** Longer documents are remembered, but not kept: `ashlar.keep_operation` holds to it too. */
const MAX_KEPT_BYTES = 16 * 1024;
/** Documents one process keeps for a project within a minute: no flood of documents becomes one of writes. */
const MAX_KEPT_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

const FIND = 'SELECT ashlar.find_operation($1)';
const KEEP = 'SELECT ashlar.keep_operation($1)';

/** Who sends a document, or names one. */
export interface Sender {
  readonly database: ProjectDatabase;
  readonly role: string;
}

interface ProjectDocuments {
  readonly memory: DocumentMemory;
  /** Since `minuteFrom`. */
  keptInMinute: number;
  minuteFrom: number;
}

/**
 * Documents by their SHA-256, so that a client sends each of them once. Whoever knows a hash may run the document,
 * under rights of its own. They are remembered by the process, and kept in the project's database when a caller that is
 * not anonymous ran them.
 */
export class PersistedOperations {
  readonly #byProject = new WeakMap<ProjectDatabase, ProjectDocuments>();

  /**
   * @throws GraphQLError when the document is not known, or not the one its hash says, and what
   *   `ProjectDatabase.call` throws.
   */
  async resolve(sender: Sender, request: PersistedRequest): Promise<GraphqlRequest> {
    const { hash, query, variables, operationName } = request;
    if (hash === null) return { query: query ?? '', variables, operationName };
    const { memory } = this.#of(sender.database);
    if (query === null) {
      const document = memory.get(hash)?.document ?? (await find(sender, hash));
      if (document === null) throw notFound();
      if (memory.get(hash) === undefined) memory.set(hash, { document, kept: true });
      return { query: document, variables, operationName };
    }
    if (createHash('sha256').update(query).digest('hex') !== hash) {
      throw new GraphQLError('provided sha does not match query');
    }
    if (memory.get(hash) === undefined) memory.set(hash, { document: query, kept: false });
    return { query, variables, operationName };
  }

  /** Keeps the document of a request that was answered, if it may be. Never waits, never throws. */
  answered(sender: Sender, { hash }: PersistedRequest): void {
    if (hash === null || sender.role === 'anon') return;
    const documents = this.#of(sender.database);
    const remembered = documents.memory.get(hash);
    if (remembered === undefined || remembered.kept) return;
    const { document } = remembered;
    if (Buffer.byteLength(document) > MAX_KEPT_BYTES || !spend(documents)) return;
    documents.memory.set(hash, { document, kept: true });
    // What could not be kept is sent again by whoever needs it, and then there is another try.
    keep(sender, document).catch(() => documents.memory.set(hash, { document, kept: false }));
  }

  #of(database: ProjectDatabase): ProjectDocuments {
    const known = this.#byProject.get(database) ?? { memory: new DocumentMemory(), keptInMinute: 0, minuteFrom: 0 };
    this.#byProject.set(database, known);
    return known;
  }
}

function spend(documents: ProjectDocuments): boolean {
  const now = performance.now();
  if (now - documents.minuteFrom > MINUTE_MS) {
    documents.minuteFrom = now;
    documents.keptInMinute = 0;
  }
  documents.keptInMinute += 1;
  return documents.keptInMinute <= MAX_KEPT_PER_MINUTE;
}

async function find({ database, role }: Sender, hash: string): Promise<string | null> {
  const result = await database.call({
    login: 'authenticator',
    role,
    settings: [],
    // It notes, once a day, that the document is still used.
    readOnly: false,
    connection: 'shared',
    statement: { text: FIND, values: [`\\x${hash}`] },
  });
  return result.rows[0]?.[0] ?? null;
}

async function keep({ database, role }: Sender, document: string): Promise<void> {
  await database.call({
    login: 'authenticator',
    role,
    settings: [],
    readOnly: false,
    connection: 'own',
    statement: { text: KEEP, values: [document] },
  });
}

/** Clients know it by this message and code, and send the document along the next time. */
function notFound(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
}
