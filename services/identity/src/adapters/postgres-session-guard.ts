import type { ProjectDatabase } from '@ashlar/postgres';
import type { CookiePolicy, Project, ProjectSessions, Revoked, SessionGuard } from '@ashlar/service';
import { BoundedCache } from '@ashlar/kernel';
import { cookieOrigins } from '../domain/cookie-origins.ts';
import { createPostgresSettingsReader } from './postgres-settings-reader.ts';

/** What triggers on sessions and accounts announce ends and bans on. */
const CHANNEL = 'identity_revocations';
const SETTINGS_CHANNEL = 'identity_settings';
/**
 * Ends and bans remembered for one project, some 12 MB. Beyond them the one heard of longest ago is forgotten and its
 * token lives until its own end, at most `accessTokenSeconds`.
 */
const MAX_REVOCATIONS = 100_000;

/**
 * What a door needs to refuse tokens whose session has ended: the table `auth.revocations`, kept in memory and told
 * of changes in the moment they are committed.
 */
export function createPostgresSessionGuard(): SessionGuard {
  // By database object: a project that is replaced or removed takes its entry along.
  const known = new WeakMap<ProjectDatabase, RevokedSessions>();
  const settings = createPostgresSettingsReader();
  return {
    of(project) {
      let sessions = known.get(project.database);
      if (sessions === undefined || sessions.version !== project.version) {
        sessions?.stop();
        sessions = new RevokedSessions(project, async () => {
          const { general, sessions: rules } = await settings.of(project);
          return rules.cookiesEnabled ? { origins: cookieOrigins(general) } : null;
        });
        known.set(project.database, sessions);
      }
      return sessions;
    },
  };
}

class RevokedSessions implements ProjectSessions {
  readonly version: number;
  readonly #project: Project;
  readonly #readCookies: () => Promise<CookiePolicy | null>;
  /** End of each revocation, seconds since the epoch. */
  readonly #sessions = new BoundedCache<string, number>(MAX_REVOCATIONS);
  readonly #users = new BoundedCache<string, number>(MAX_REVOCATIONS);
  #cookies: CookiePolicy | null = null;
  #isRead = false;
  #reading: Promise<void> | null = null;
  #listening: Promise<readonly { stop(): Promise<void> }[]> | null = null;
  #changes = 0;
  /** What was told while the table was being read, which the reading may not show yet. */
  #heard: unknown[] = [];

  constructor(project: Project, cookiePolicy: () => Promise<CookiePolicy | null>) {
    this.version = project.version;
    this.#project = project;
    this.#readCookies = cookiePolicy;
  }

  /** A project at rest hears nothing, so what was known before its rest has to be read again. */
  get isCurrent(): boolean {
    return this.#isRead && this.#project.database.awake;
  }

  get cookies(): CookiePolicy | null {
    return this.#cookies;
  }

  revoked(sessionId: string | null, userId: string | null, nowSeconds: number): Revoked | null {
    if (sessionId !== null && (this.#sessions.get(sessionId) ?? 0) > nowSeconds) return 'session-revoked';
    return userId !== null && (this.#users.get(userId) ?? 0) > nowSeconds ? 'user-banned' : null;
  }

  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  stop(): void {
    void this.#listening?.then((all) => Promise.all(all.map((one) => one.stop()))).catch(() => undefined);
    this.#listening = null;
  }

  async #read(): Promise<void> {
    const changes = this.#changes;
    this.#heard = [];
    // Listening before reading, so that nothing falls between the two.
    await this.#listen();
    const [rows, cookies] = await Promise.all([
      this.#readTable(),
      // Settings nobody can read must not close the project; without them no cookie counts.
      this.#readCookies().catch(() => null),
    ]);
    // A ban may have been lifted unheard; the end of a session cannot be.
    this.#users.clear();
    for (const entry of [...rows, ...this.#heard]) this.#note(entry);
    this.#cookies = cookies;
    // Told meanwhile that there is more: the next request reads again.
    this.#isRead = this.#changes === changes;
  }

  async #readTable(): Promise<readonly (readonly (string | null)[])[]> {
    const text = `select kind, id, ceil(extract(epoch from expires_at))
      from auth.revocations where expires_at > now() order by expires_at desc limit ${MAX_REVOCATIONS}`;
    const { rows } = await this.#project.database.call({
      login: 'service',
      role: 'identity',
      settings: [],
      readOnly: true,
      statement: { text, values: [] },
      connection: 'own',
    });
    return rows;
  }

  async #listen(): Promise<void> {
    const missed = (): void => this.#stale();
    this.#listening ??= Promise.all([
      this.#project.database.listen(CHANNEL, ({ payload }) => this.#hear(payload), missed),
      this.#project.database.listen(SETTINGS_CHANNEL, missed, missed),
    ]);
    try {
      await this.#listening;
    } catch (error) {
      this.#listening = null;
      throw error;
    }
  }

  #stale(): void {
    this.#changes += 1;
    this.#isRead = false;
  }

  #hear(payload: string): void {
    const told: unknown = payload === '' ? null : parseJson(payload);
    if (!Array.isArray(told)) {
      this.#stale();
      return;
    }
    if (this.#reading !== null) this.#heard.push(...told);
    for (const entry of told) this.#note(entry);
  }

  #note(entry: unknown): void {
    if (!Array.isArray(entry)) return;
    const [kind, id, end]: readonly unknown[] = entry;
    const until = Number(end);
    if (typeof id !== 'string' || !Number.isFinite(until)) return;
    const entries = kind === 'user' ? this.#users : this.#sessions;
    if (kind === 'user' && until === 0) entries.delete(id);
    else entries.set(id, until);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
