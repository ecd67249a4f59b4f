import type { AnyUseCase, Suite } from '@ashlar/kernel';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { type JsonSchema, wireSchema } from '../input/wire-schema.ts';

/** Arguments of every tool that changes something, beside the use case's own. */
export const DRY_RUN = 'dry_run';
export const KEY = 'idempotency_key';

export interface UseCaseTool {
  readonly useCase: AnyUseCase;
  readonly suite: string;
  readonly tool: Tool;
}

/** The tools of these suites by their names; a dot is none that every client takes. */
export function toolsOf(suites: readonly Suite[]): ReadonlyMap<string, UseCaseTool> {
  const tools = suites.flatMap(({ name: suite, useCases }) =>
    useCases
      .filter(({ on }) => on.mcp === true)
      .map((useCase) => [useCase.name.replace('.', '_'), { useCase, suite, tool: toolOf(useCase) }] as const),
  );
  return new Map(tools);
}

function toolOf({ name, summary, description, kind, input, output }: AnyUseCase): Tool {
  const isQuery = kind === 'query';
  const wire = wireSchema(input);
  const result = wireSchema(output);
  const inputSchema: JsonSchema = isQuery
    ? wire
    : { ...wire, properties: { ...wire.properties, ...COMMAND_ARGUMENTS } };
  return {
    name: name.replace('.', '_'),
    title: summary,
    description: description === undefined ? summary : `${summary}\n\n${description}`,
    // Every use case takes a `z.object`, whose JSON Schema is an object's.
    inputSchema: inputSchema as Tool['inputSchema'],
    ...(result.type === 'object' ? { outputSchema: result as Tool['outputSchema'] } : {}),
    annotations: { readOnlyHint: isQuery, destructiveHint: !isQuery, idempotentHint: isQuery, openWorldHint: false },
  };
}

const COMMAND_ARGUMENTS: Readonly<Record<string, JsonSchema>> = {
  [DRY_RUN]: { type: 'boolean', description: 'Do everything, answer, and undo it: to see what would happen.' },
  [KEY]: { type: 'string', maxLength: 255, description: 'Repeating a call with its key does it once.' },
};
