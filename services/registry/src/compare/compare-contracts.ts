import { type Change, sortChanges } from '../domain/change.ts';
import { registryErrors } from '../domain/registry-errors.ts';
import type { Contract } from '../parse/read-contract.ts';
import { compareAsyncApi } from './async-api.ts';
import { createFindings } from './changes.ts';
import { compareSchemas } from './json-schema.ts';
import { SeenPairs } from './seen-pairs.ts';
import { compareOpenApi } from './open-api.ts';
import { compareProto } from './proto.ts';
import { compareSdl } from './sdl.ts';

/**
 * What became of a contract, worst first. Empty for equal documents.
 *
 * A JSON Schema is judged as an input: what was valid has to stay valid.
 *
 * @throws {AshlarError} `registry.format_differs`, `registry.too_complex`.
 */
export function compareContracts(before: Contract, after: Contract): readonly Change[] {
  if (before.hash === after.hash) return [];
  const findings = createFindings();
  if (before.format === 'json-schema' && after.format === 'json-schema') {
    const places = [
      { schema: before.json, root: before.json },
      { schema: after.json, root: after.json },
    ] as const;
    compareSchemas({ findings, direction: 'input', seen: new SeenPairs() }, places[0], places[1], '');
  } else if (before.format === 'openapi' && after.format === 'openapi') {
    compareOpenApi(before.json, after.json, findings);
  } else if (before.format === 'asyncapi' && after.format === 'asyncapi') {
    compareAsyncApi(before.json, after.json, findings);
  } else if (before.format === 'graphql' && after.format === 'graphql') {
    compareSdl(before.schema, after.schema, findings);
  } else if (before.format === 'proto' && after.format === 'proto') {
    compareProto(before.proto, after.proto, findings);
  } else {
    throw registryErrors.formatDiffers({ subject: 'compared', found: before.format, wanted: after.format });
  }
  return sortChanges(findings.changes);
}
