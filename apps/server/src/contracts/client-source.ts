import { schemaType, words } from './schema-type.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: object;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  /** Absent: a document, which is a file and no JSON. */
  readonly 'x-ashlar-use-case'?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content: Readonly<Record<string, { readonly schema: object }>> }
    >
  >;
}

/** Source of a suite's part of the client: the types of its operations, and where each answers. */
export function clientSource(suite: string, openApi: string): string {
  const { paths } = JSON.parse(openApi) as { paths: Record<string, Record<string, Operation>> };
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation['x-ashlar-use-case'] !== undefined)
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sorted = found.toSorted((a, b) => (a.operation.operationId < b.operation.operationId ? -1 : 1));
  const type = `${(suite[0] ?? '').toUpperCase()}${suite.slice(1)}Operations`;
  return [
    `// Made by \`npm run contracts\` from suites/${suite}/contracts/openapi.json; changes by hand are lost.`,
    `import type { OperationTable } from '../operations.ts';\n`,
    `export interface ${type} {`,
    ...sorted.map(({ operation }) => signature(operation)),
    '}\n',
    `export const ${suite}: OperationTable<${type}> = {`,
    ...sorted.map(({ path, method, operation }) => row(path, method, operation)),
    '};\n',
  ].join('\n');
}

function signature({ operationId, summary, parameters, requestBody, responses }: Operation): string {
  const own = parameters.filter((parameter) => parameter.in !== 'header');
  const asked = {
    type: 'object',
    properties: Object.fromEntries(own.map(({ name, schema }) => [name, schema])),
    required: own.filter((parameter) => parameter.required === true).map(({ name }) => name),
    additionalProperties: false,
  };
  const body = requestBody?.content['application/json']?.schema;
  const parts = [...(own.length === 0 ? [] : [schemaType(asked)]), ...(body === undefined ? [] : [schemaType(body)])];
  const input = parts.length === 0 ? 'Record<string, never>' : parts.join(' & ');
  const output = schemaType(responses['200']?.content['application/json']?.schema);
  const codes = Object.values(responses).flatMap(({ description }) =>
    [...description.matchAll(/^`([a-z][a-z0-9_.]*)`: /gm)].map(([, code = '']) => JSON.stringify(code)),
  );
  return [
    `  /** ${words(summary)} */`,
    `  ${operationId}: {`,
    `    input: ${input};`,
    `    output: ${output};`,
    `    code: ${[...new Set(codes)].toSorted().join(' | ')};`,
    '  };',
  ].join('\n');
}

function row(path: string, method: string, { operationId, parameters }: Operation): string {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query').length > 0;
  const rest = method === 'GET' || method === 'DELETE' || inQuery ? 'query' : 'body';
  return `  ${operationId}: { method: '${method}', path: '${path}', rest: '${rest}' },`;
}
