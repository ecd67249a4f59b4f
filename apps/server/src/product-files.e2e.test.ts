import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;
let folder: string;

beforeAll(async () => {
  [server, folder] = await Promise.all([startServer(), mkdtemp(join(tmpdir(), 'ashlar-products-'))]);
  await server.ashlar('suite', 'add', 'product');
  const response = await fetch(`${server.url}/api/v1/product/price-lists`, {
    method: 'POST',
    headers: { apikey: server.secretKey, 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'usd', currency: 'USD' }),
  });
  expect(response.status).toBe(200);
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function importing(price: string) {
  const table = join(folder, 'products.csv');
  await writeFile(table, `sku;title.en;title.ar;price.usd\nCUP;=Cup;فنجان;${price}\nPEN;Pen;قلم;3\n`);
  return server.ashlar('product', 'import', table);
}

test('a table with a row at fault is not imported, and its faults are printed as a table', async () => {
  const refused = await importing('12,5');
  expect(refused).toMatchObject({ code: 1, stderr: /Imported nothing; tried: 1 new, .* 1 at fault/ });
  expect(refused.stdout.split(/\r?\n/).slice(0, 2)).toEqual([
    'line,sku,column,code,detail',
    expect.stringMatching(/^2,CUP,price\.usd,/),
  ]);
});

test('a table of products goes in and out by the command line', async () => {
  expect(await importing('12.5')).toMatchObject({ code: 0, stderr: /Imported: 2 new, 0 changed/ });
  const { stdout } = await server.ashlar('product', 'export');
  const [header, ...lines] = stdout.trim().split(/\r?\n/);
  expect(header).toBe('sku,title.ar,title.en,brand,tax_category,uom,barcode,price.usd');
  expect(lines.toSorted()).toEqual([`CUP,فنجان,'=Cup,,,pcs,,12.5`, 'PEN,قلم,Pen,,,pcs,,3']);
});

test('a file that is not there is told before anything else', async () => {
  const { code, stderr } = await server.ashlar('product', 'import', join(folder, 'none.csv'));
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/a file that can be read/);
});
