import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;
let folder: string;

beforeAll(async () => {
  [server, folder] = await Promise.all([startServer(), mkdtemp(join(tmpdir(), 'ashlar-products-'))]);
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a table of products goes in and out by the command line', async () => {
  const table = join(folder, 'products.csv');
  await server.ashlar('suite', 'add', 'product');
  const list = JSON.stringify({ code: 'usd', currency: 'USD' });
  expect(await server.ashlar('call', 'product.create-price-list', '--json', list)).toMatchObject({ code: 0 });

  await writeFile(table, 'sku;title.en;title.ar;price.usd\nCUP;=Cup;فنجان;12,5\nPEN;Pen;قلم;3\n');
  const refused = await server.ashlar('product', 'import', table);
  expect(refused).toMatchObject({ code: 1, stderr: /Imported nothing; tried: 1 new, .* 1 at fault/ });
  expect(refused.stdout.split(/\r?\n/).slice(0, 2)).toEqual([
    'line,sku,column,code,detail',
    expect.stringMatching(/^2,CUP,price\.usd,/),
  ]);

  await writeFile(table, 'sku;title.en;title.ar;price.usd\nCUP;=Cup;فنجان;12.5\nPEN;Pen;قلم;3\n');
  expect(await server.ashlar('product', 'import', table)).toMatchObject({
    code: 0,
    stderr: /Imported: 2 new, 0 changed/,
  });
  const { stdout } = await server.ashlar('product', 'export');
  const [header, ...lines] = stdout.trim().split(/\r?\n/);
  expect(header).toBe('sku,title.ar,title.en,brand,tax_category,uom,barcode,price.usd');
  expect(lines.toSorted()).toEqual([`CUP,فنجان,'=Cup,,,pcs,,12.5`, 'PEN,قلم,Pen,,,pcs,,3']);
  expect(await server.ashlar('product', 'import', join(folder, 'none.csv'))).toMatchObject({
    stderr: /a file that can be read/,
  });
});
