/** Answers every path with what it was told to say there: the most a Node process can do over HTTP. */
import { createServer } from 'node:http';

export interface BareAnswer {
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

// The parent passes both on the command line and trusts itself.
const [port = '', answersJson = '[]'] = process.argv.slice(2);
const answers = new Map((JSON.parse(answersJson) as readonly BareAnswer[]).map((answer) => [answer.path, answer]));

createServer((request, response) => {
  const answer = answers.get(request.url ?? '');
  request.resume();
  request.on('end', () => {
    response.writeHead(answer?.status ?? 404, {
      'content-type': answer?.type ?? 'text/plain',
      'content-length': Buffer.byteLength(answer?.body ?? ''),
    });
    response.end(answer?.body ?? '');
  });
}).listen(Number(port), '127.0.0.1');
