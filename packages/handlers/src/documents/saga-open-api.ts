import { commonErrors } from '@ashlar/kernel';
import { wireSchema } from '../input/wire-schema.ts';
import { type SagaRoute, sagaRoutes } from '../saga/saga-routes.ts';
import { type Document, documentOf, DRY_RUN_HEADER, ORGANISATION_HEADER, problemAnswers } from './open-api.ts';

const ID: Document = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Of an instance.',
  schema: { type: 'string', format: 'uuid' },
};

/** What any of the routes may refuse. */
const SHARED = [
  commonErrors.malformed,
  commonErrors.unauthenticated,
  commonErrors.permissionDenied,
  commonErrors.orgMissing,
  commonErrors.invalidInput,
];

/** OpenAPI 3.1 of `/api/v1/sagas`, from the table its routes are served by. */
export function sagaOpenApi(publicUrl: string): Document {
  const paths: Record<string, Document> = {};
  for (const route of Object.values<SagaRoute>({ ...sagaRoutes })) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return documentOf('Sagas', `${publicUrl}/api/v1/sagas`, paths);
}

function operationOf({ method, path, operationId, summary, permission, input, output, errors }: SagaRoute): Document {
  const { properties = {}, required = [], ...schema } = wireSchema(input);
  const isQuery = method === 'GET';
  const members = Object.entries(properties);
  return {
    operationId,
    summary,
    'x-ashlar-permission': permission,
    parameters: [
      ...(path.includes(':id') ? [ID] : []),
      ...(isQuery ? members : []).map(([name, member]) => ({
        name,
        in: 'query',
        required: required.includes(name),
        schema: member,
      })),
      ORGANISATION_HEADER,
      ...(isQuery ? [] : [DRY_RUN_HEADER]),
    ],
    ...(isQuery || members.length === 0
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { ...schema, properties, required } } },
          },
        }),
    responses: {
      '200': { description: summary, content: { 'application/json': { schema: wireSchema(output) } } },
      ...problemAnswers([...SHARED, ...errors]),
    },
  };
}
