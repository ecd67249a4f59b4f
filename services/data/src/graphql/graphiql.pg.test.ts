import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataApp, type DataApp } from '../data-app.fixture.ts';
import { graphiqlPage } from './graphiql.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp('create table note (id int primary key)');
});

afterAll(() => app[Symbol.asyncDispose]());

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

async function get(
  url: string,
  accept: string,
): Promise<{ status: number; text: string; header: (name: string) => unknown }> {
  const response = await app.app.inject({ url, headers: { accept } });
  return { status: response.statusCode, text: response.body, header: (name) => response.headers[name] };
}

test('a browser is given no page, and none of its files, unless the project shows it', async () => {
  const { text, header } = await get('/graphql/v1', BROWSER);
  expect(header('content-type')).toBe('application/json; charset=utf-8');
  expect(JSON.parse(text)).toMatchObject({
    errors: [{ message: expect.stringContaining('needs the member "query"') }],
  });
  const page = String((await graphiqlPage('http://127.0.0.1', undefined)).body);
  const [file = ''] = filesIn(page);
  expect(await get(file, '*/*')).toMatchObject({ status: 404 });
});

test('a browser is given the page with all its files from here, and nothing from elsewhere', async () => {
  app.configure({ graphiql: true });
  const { status, text, header } = await get('/graphql/v1?query=%7B__typename%7D', BROWSER);
  expect(status).toBe(200);
  expect(header('content-type')).toBe('text/html; charset=utf-8');
  const policy = String(header('content-security-policy'));
  expect(policy).toContain("default-src 'none'; script-src 'self'; worker-src 'self'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
  expect(policy).toContain("frame-ancestors 'self'");
  expect(text).not.toMatch(/(src|href)="(?!data:,|\/graphql\/v1\/)/);
  const files = filesIn(text);
  expect(files).toHaveLength(4);
  for (const file of [...files, ...workersBeside(files)]) {
    const answer = await get(file, '*/*');
    expect(answer.status).toBe(200);
    expect(answer.header('content-type')).toMatch(/^text\/(css|javascript); charset=utf-8$/);
    expect(answer.header('cache-control')).toContain('immutable');
    expect(answer.text.length).toBeGreaterThan(50);
  }
  app.configure({ graphiql: false });
});

test('clients that read JSON are answered as ever', async () => {
  app.configure({ graphiql: true });
  for (const accept of ['application/json', '*/*', 'application/graphql-response+json, application/json']) {
    expect((await get('/graphql/v1?query=%7B__typename%7D', accept)).text).toBe('{"data":{"__typename":"Query"}}');
  }
  app.configure({ graphiql: false });
});

test.each(['/0000000000000000/graphiql.js', '/x/%2e%2e%2fpackage.json', '/'])('there is no file %s', async (path) => {
  app.configure({ graphiql: true });
  expect(await get(`/graphql/v1/graphiql${path}`, '*/*')).toMatchObject({ status: 404 });
  app.configure({ graphiql: false });
});

test('it asks the project it was opened for, with the key every browser may have', async () => {
  const { body } = await graphiqlPage('https://apps.example.org/p/shop', '</script><script>alert(1)');
  const page = String(body);
  expect(configurationIn(page)).toEqual({ endpoint: '/p/shop/graphql/v1', apikey: '</script><script>alert(1)' });
  expect(page.match(/<script/g)).toHaveLength(3);
  expect(filesIn(page).every((file) => file.startsWith('/p/shop/graphql/v1/graphiql/'))).toBe(true);
});

function filesIn(page: string): readonly string[] {
  return [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file = '']) => file);
}

/** Those the page's script names when the editor starts. */
function workersBeside([first = '']: readonly string[]): readonly string[] {
  return ['editor', 'json', 'graphql'].map((name) => first.replace(/[^/]+$/, `${name}.worker.js`));
}

function configurationIn(page: string): unknown {
  return JSON.parse(/id="configuration">(.*)<\/script>\n<script src/.exec(page)?.[1] ?? '');
}
