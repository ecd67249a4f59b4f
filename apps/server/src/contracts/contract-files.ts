import { suiteDocuments } from '@ashlar/handlers';
import type { Suite } from '@ashlar/kernel';
import type { ContractFormat } from '@ashlar/registry';

/** One contract document of a suite, as it is committed. */
export interface ContractFile {
  readonly file: string;
  /** Last part of its subject in the registry. */
  readonly subject: string;
  readonly format: ContractFormat;
  readonly content: string;
}

/** What the folder says of itself: `{ suite, version }`. */
export const VERSION_FILE = 'contract.json';

/** Where the client's types come from. */
export const ROUTES_FILE = 'openapi.json';

const KINDS = [
  { key: 'openapi', file: ROUTES_FILE, subject: 'openapi', format: 'openapi' },
  { key: 'calls', file: 'calls.json', subject: 'calls', format: 'openapi' },
  { key: 'asyncapi', file: 'asyncapi.json', subject: 'asyncapi', format: 'asyncapi' },
  { key: 'sdl', file: 'schema.graphql', subject: 'graphql', format: 'graphql' },
  { key: 'proto', file: 'service.proto', subject: 'proto', format: 'proto' },
] as const;

export const CONTRACT_FILES: readonly Omit<ContractFile, 'content'>[] = KINDS;

/** The contracts of a suite as this version of the program serves them, from its declaration alone. */
export function contractFiles(suite: Suite): readonly ContractFile[] {
  const documents = suiteDocuments(suite);
  return KINDS.flatMap(({ key, ...kind }) => {
    const document = documents[key];
    if (document === '') return [];
    const content = typeof document === 'string' ? document : `${JSON.stringify(document, null, 2)}\n`;
    return [{ ...kind, content }];
  });
}

/** Where they are committed, beside the migrations; a suite that promises nothing to anybody has no such folder. */
export function contractsFolder({ migrations }: Pick<Suite, 'migrations'>): URL {
  return new URL('../contracts/', migrations.href.replace(/\/?$/, '/'));
}

/** Subject of the registry: `inventory.openapi`. */
export function subjectOf(suite: Pick<Suite, 'name'>, { subject }: Pick<ContractFile, 'subject'>): string {
  return `${suite.name}.${subject}`;
}
