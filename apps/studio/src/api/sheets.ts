import { ApiError } from './api-error.ts';
import { linesOf, send, sendForStream } from './send.ts';

export type ImportFormat = 'csv' | 'json' | 'xlsx';

/** What the server found in a file. */
export interface ExaminedFile {
  readonly form: {
    readonly format: ImportFormat;
    readonly encoding?: string;
    readonly delimiter?: string;
    readonly headings?: boolean;
    readonly sheet?: string;
  };
  readonly sheets: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly dates: 'dmy' | 'mdy' | 'either' | null;
    readonly has_empty: boolean;
    readonly is_unique: boolean;
  }[];
  readonly rows: number;
  readonly faulty: number;
  readonly sample: readonly (readonly (string | null)[])[];
}

/** What somebody chose against what was found. */
export interface Reading {
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly headings?: boolean;
  readonly sheet?: string;
}

export interface LoadOrder {
  readonly schema: string;
  readonly table: string;
  readonly create: Readonly<Record<string, unknown>> | null;
  readonly mapping: readonly { readonly source: number; readonly column: string }[];
  readonly repeated: 'refuse' | 'skip' | 'replace';
  readonly skip_faulty: boolean;
  readonly dry_run: boolean;
  readonly dates: 'dmy' | 'mdy';
}

export interface LoadProgress {
  readonly read: number;
  readonly loaded: number;
  readonly faulty: number;
}

export interface LoadOutcome extends LoadProgress {
  readonly committed: boolean;
  readonly too_many: boolean;
  readonly faults: readonly {
    readonly row: number;
    readonly column: string | null;
    readonly code?: string;
    readonly message?: string;
  }[];
}

/** A load that ended without an outcome. */
export class LoadFailed extends Error {
  readonly code: string;

  constructor({ code, title }: { readonly code: string; readonly title: string }) {
    super(title);
    this.code = code;
  }
}

const MAX_TRIES = 4;
const FIRST_WAIT_MS = 400;
const pathOf = (ref: string): string => `/control/v1/projects/${encodeURIComponent(ref)}`;

/** Files into tables. */
export const imports = {
  /** Sends a file in pieces; one that gets lost is sent again. @returns Its id. */
  async upload(ref: string, file: File, onSent: (bytes: number) => void, signal: AbortSignal): Promise<string> {
    const body = { name: file.name.slice(-255), size: file.size };
    const path = `${pathOf(ref)}/imports`;
    const begun = await send<{ readonly id: string; readonly piece_bytes: number }>(path, {
      method: 'POST',
      body,
      signal,
    });
    let offset = 0;
    while (offset < file.size) {
      const piece = file.slice(offset, offset + begun.piece_bytes);
      const target = `${path}/${begun.id}?offset=${offset}`;
      offset = (await again(() => send<{ received: number }>(target, { method: 'PUT', body: piece, signal }), signal))
        .received;
      onSent(offset);
    }
    return begun.id;
  },
  examine: (ref: string, id: string, reading: Reading, signal: AbortSignal) =>
    send<ExaminedFile>(`${pathOf(ref)}/imports/${id}/examine`, { method: 'POST', body: reading, signal }),
  /** @throws {LoadFailed} What ended it; nothing was loaded then. */
  async load(
    ref: string,
    id: string,
    order: LoadOrder,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<LoadOutcome> {
    const response = await sendForStream(`${pathOf(ref)}/imports/${id}/load`, { method: 'POST', body: order, signal });
    for await (const line of linesOf(response)) {
      // What the API documents for a load.
      const said = JSON.parse(line) as {
        readonly progress?: LoadProgress;
        readonly done?: LoadOutcome;
        readonly failed?: { readonly code: string; readonly title: string };
      };
      if (said.progress !== undefined) onProgress(said.progress);
      if (said.done !== undefined) return said.done;
      if (said.failed !== undefined) throw new LoadFailed(said.failed);
    }
    throw new TypeError('The answer ended early');
  },
  faultsUrl: (ref: string, id: string) => `${pathOf(ref)}/imports/${id}/faults`,
  remove: (ref: string, id: string) => send(`${pathOf(ref)}/imports/${id}`, { method: 'DELETE' }),
};

export type ExportFormat = 'csv' | 'xlsx' | 'json';

/** What can be read, as a file the browser saves while it comes. */
export async function saveAsFile(
  ref: string,
  asked: { readonly sql: string; readonly format: ExportFormat; readonly name: string; readonly rtl: boolean },
): Promise<void> {
  const { id } = await send<{ readonly id: string }>(`${pathOf(ref)}/exports`, { method: 'POST', body: asked });
  const link = document.createElement('a');
  link.href = `${pathOf(ref)}/exports/${id}`;
  link.download = '';
  link.click();
}

async function again<Result>(attempt: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isPassing = error instanceof TypeError || (error instanceof ApiError && [429, 503].includes(error.status));
      if (!isPassing || tries === MAX_TRIES || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** tries));
    }
  }
}
