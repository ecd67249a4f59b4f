import { AshlarError } from '@ashlar/kernel';
import { openPlacedHost, type Cluster, type PlacedHost, parseDatabaseUrl, type ProjectHost } from '@ashlar/postgres';
import type { InTransaction } from '../application/control-parts.ts';
import type { MasterKeys } from '../application/master-keys.ts';
import { type Placement, readPlacement } from '../application/placement.ts';
import { controlErrors } from '../control-errors.ts';
import type { ProjectRecord } from './project-store.ts';

export interface ProjectHostsOptions {
  readonly home: Cluster;
  readonly inTransaction: InTransaction;
  readonly masterKeys: MasterKeys;
  readonly platformPassword: string;
  /** Refuses addresses that nobody may be led to by who uses the API. */
  readonly judge: (host: string, port: number) => Promise<void>;
}

type Placed = Pick<ProjectRecord, 'ref' | 'databaseServer'>;

/** The servers projects live on: that of the control database, and those named by URL. */
export interface ProjectHosts {
  /** @throws {AshlarError} `postgres.*` when the project's own server cannot be used now. */
  of(project: Placed): Promise<ProjectHost>;
  /** The own server of a project. @throws as `of`. */
  placed(ref: string): Promise<PlacedHost>;
  /** Without waiting, for a project that is awake. */
  known(ref: string): ProjectHost;
  forget(ref: string): void;
  /**
   * Tries whether a project could live there.
   *
   * @throws {AshlarError} `control.placement_refused`.
   */
  probe(ref: string, placement: Placement): Promise<void>;
}

export function createProjectHosts(options: ProjectHostsOptions): ProjectHosts {
  const { home, inTransaction, masterKeys, platformPassword, judge } = options;
  const placed = new Map<string, Promise<PlacedHost>>();
  const opened = new Map<string, PlacedHost>();

  async function open(ref: string, { url, judged }: Placement): Promise<PlacedHost> {
    if (judged) {
      const { host, port } = parseDatabaseUrl(url);
      await judge(host, port);
    }
    return openPlacedHost({ url, ref, platformPassword });
  }

  async function openStored(ref: string): Promise<PlacedHost> {
    const placement = await inTransaction((stores) => readPlacement(stores, masterKeys, ref));
    if (placement === null) throw controlErrors.projectUnknown({ ref });
    const host = await open(ref, placement);
    if (placed.has(ref)) opened.set(ref, host);
    return host;
  }

  function placedHost(ref: string): Promise<PlacedHost> {
    const known = placed.get(ref);
    if (known !== undefined) return known;
    const opening = openStored(ref);
    placed.set(ref, opening);
    // What failed is tried again by the next who asks.
    opening.catch(() => placed.delete(ref));
    return opening;
  }

  return {
    of: async ({ ref, databaseServer }) => (databaseServer === null ? home : placedHost(ref)),
    placed: placedHost,
    known: (ref) => opened.get(ref) ?? home,
    forget(ref) {
      placed.delete(ref);
      opened.delete(ref);
    },
    async probe(ref, placement) {
      try {
        await open(ref, placement);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const hint = (error instanceof AshlarError ? error.hint : undefined) ?? 'Name another database';
        throw controlErrors.placementRefused({ ref, reason, hint }, { cause: error });
      }
    },
  };
}
