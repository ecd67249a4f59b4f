import { commonErrors } from '@ashlar/kernel';
import { sendRendered, type Service, type ServiceContract } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type ListToolsResult,
} from '@modelcontextprotocol/sdk/types.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invocationOf } from '../http/invocation-of.ts';
import { addErrors } from '../http/suite-service.ts';
import type { Invocation } from '../invocation.ts';
import { problemOf, renderDoorFailure, renderProblem, renderRefusal } from '../problem/render-problem.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { permittedUseCases } from './permitted-use-cases.ts';
import { DRY_RUN, KEY, toolsOf, type UseCaseTool } from './tools.ts';

export interface McpServiceOptions {
  readonly useCases: UseCases;
  readonly observe: Observe;
}

const BODY_LIMIT_BYTES = 2_097_152;

/** Tools for language models at `/mcp`: the caller's own token, and nothing the caller may not do elsewhere. */
const mcpContract: ServiceContract = {
  name: 'mcp',
  publicNames: ['mcp'],
  paths: { '/mcp': 'mcp' },
  caller: 'verified',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: null,
  refuse: (refusal) => renderRefusal(refusal),
  fail: (failure) => renderDoorFailure(failure),
};

/** Streamable HTTP without sessions: each request is answered by itself, so any process of the instance may have it. */
export function createMcpService({ useCases, observe }: McpServiceOptions): Service {
  const tools = toolsOf(useCases.suites);
  return {
    contract: mcpContract,
    routes(app) {
      addErrors(app, mcpContract, observe);
      for (const url of ['/', '/mcp']) {
        app.post(url, (request, reply) => answer(request, reply));
        // No stream is kept open and no session is to be ended.
        app.route({ method: ['GET', 'DELETE'], url, handler: (_request, reply) => refuseMethod(reply) });
      }
    },
    close: async () => undefined,
  };

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const invocation = invocationOf(request, 'mcp');
    const server = serverOf(invocation);
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    try {
      const { headers, body } = request;
      const asked = new Request('http://mcp.invalid/mcp', {
        method: 'POST',
        headers: { accept: headers.accept ?? '', 'content-type': 'application/json', ...versionOf(headers) },
      });
      const response = await transport.handleRequest(asked, { parsedBody: body });
      const type = response.headers.get('content-type');
      if (type !== null) reply.header('content-type', type);
      return await reply
        .code(response.status)
        .header('cache-control', 'no-store')
        .send(await response.text());
    } finally {
      await server.close();
    }
  }

  function serverOf(invocation: Invocation): Server {
    const server = new Server({ name: 'ashlar', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => listTools(tools, invocation));
    server.setRequestHandler(CallToolRequestSchema, ({ params }) =>
      callTool(tools.get(params.name), params.name, params.arguments ?? {}, invocation),
    );
    return server;
  }

  async function callTool(
    tool: UseCaseTool | undefined,
    name: string,
    given: Readonly<Record<string, unknown>>,
    invocation: Invocation,
  ): Promise<CallToolResult> {
    try {
      if (tool === undefined) throw commonErrors.useCaseUnknown({ name });
      const { input, ...terms } = argumentsOf(tool, given);
      const { output } = await useCases.invoke(tool.useCase.name, input, { ...invocation, ...terms });
      const content = [{ type: 'text' as const, text: JSON.stringify(output) }];
      if (tool.tool.outputSchema === undefined) return { content };
      // The output's schema is an object's.
      return { content, structuredContent: output as Record<string, unknown> };
    } catch (error) {
      const problem = problemOf(error, invocation.traceparent?.split('-')[1]);
      if (problem.status === 500) {
        const { requestId, traceparent = '' } = invocation;
        observe({ kind: 'request.failed', requestId, traceId: traceparent.split('-')[1] ?? '', service: 'mcp', error });
      }
      return { isError: true, content: [{ type: 'text', text: JSON.stringify(problem) }] };
    }
  }
}

/** What the caller may use is shown; the rest is refused when it is called all the same. */
async function listTools(tools: ReadonlyMap<string, UseCaseTool>, invocation: Invocation): Promise<ListToolsResult> {
  const all = [...tools.values()];
  const permitted = await permittedUseCases(
    all.map(({ useCase }) => useCase),
    invocation,
  );
  return { tools: all.filter(({ useCase }) => permitted.has(useCase.name)).map(({ tool }) => tool) };
}

interface ToolArguments extends Pick<Invocation, 'dryRun' | 'idempotencyKey'> {
  readonly input: unknown;
}

function argumentsOf({ useCase }: UseCaseTool, given: Readonly<Record<string, unknown>>): ToolArguments {
  if (useCase.kind === 'query') return { input: given };
  const { [DRY_RUN]: dryRun = false, [KEY]: key, ...input } = given;
  if (typeof dryRun !== 'boolean') throw commonErrors.malformed({ wanted: `${DRY_RUN}, which is true or false` });
  if (key !== undefined && typeof key !== 'string') throw commonErrors.idempotencyKeyInvalid();
  return { input, dryRun, ...(key === undefined ? {} : { idempotencyKey: key }) };
}

function versionOf(headers: FastifyRequest['headers']): Record<string, string> {
  const version = headers['mcp-protocol-version'];
  return typeof version === 'string' ? { 'mcp-protocol-version': version } : {};
}

function refuseMethod(reply: FastifyReply): FastifyReply {
  const { status: _status, ...problem } = problemOf(commonErrors.malformed({ wanted: 'POST of a message' }));
  const rendered = renderProblem({ ...problem, status: 405 }, { allow: 'POST' });
  return sendRendered(reply, rendered);
}
