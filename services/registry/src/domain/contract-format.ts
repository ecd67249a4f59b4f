/** Kinds of documents the registry understands. */
export const CONTRACT_FORMATS = ['json-schema', 'openapi', 'asyncapi', 'graphql', 'proto'] as const;
export type ContractFormat = (typeof CONTRACT_FORMATS)[number];

/** Whether a document of the format is JSON; the others are text. */
export function isJsonFormat(format: ContractFormat): boolean {
  return format === 'json-schema' || format === 'openapi' || format === 'asyncapi';
}

export const MEDIA_TYPES: Readonly<Record<ContractFormat, string>> = {
  'json-schema': 'application/schema+json; charset=utf-8',
  openapi: 'application/json; charset=utf-8',
  asyncapi: 'application/json; charset=utf-8',
  graphql: 'application/graphql; charset=utf-8',
  proto: 'text/plain; charset=utf-8',
};
