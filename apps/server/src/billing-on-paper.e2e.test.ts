import { createHash } from 'node:crypto';
import { readPdf, type RunningServer, startServer } from '@ashlar/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  expect(await server.ashlar('suite', 'add', 'billing')).toMatchObject({ code: 0 });
});
afterAll(() => server?.stop());

const secret = () => ({ apikey: server.secretKey });

async function ask(method: string, path: string, body?: object) {
  const response = await fetch(`${server.url}/api/v1/billing${path}`, {
    method,
    headers: { ...secret(), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
  return { status: response.status, body: (await response.json()) as any };
}

async function print(path: string, headers: Record<string, string> = secret()) {
  const response = await fetch(`${server.url}/api/v1/billing${path}`, { headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isPdf = response.headers.get('content-type') === 'application/pdf';
  const runs = isPdf ? readPdf(bytes).pages.flat() : [];
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    runs,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    problem: isPdf || response.status === 304 ? null : JSON.parse(new TextDecoder().decode(bytes)),
  };
}

test('what was issued is what is printed: the same file each time, and a marked copy otherwise', async () => {
  const seller = { name: { en: 'The shop', ar: 'المتجر' }, taxNumber: '300-123' };
  await ask('POST', '/books', { currency: 'IQD', seller });
  const rate = { code: 'VAT', name: { en: 'VAT' }, category: 'standard', percent: '15', validFrom: '2020-01-01' };
  await ask('POST', '/tax-rates', rate);
  const partyId = '0199aaaa-0000-7000-8000-000000000001';
  const lines = [
    {
      title: { en: 'Tea', ar: 'شاي' },
      sku: 'TEA-1',
      quantity: { value: '2.5', uom: 'kg' },
      unitPrice: { amount: '4500000', currency: 'IQD' },
      taxCategory: 'standard',
    },
  ];
  const draft = { partyId, party: { name: 'Ada', taxNumber: '9-8-7' }, currency: 'IQD', lines };
  const { body: issued } = await ask('POST', '/bills', draft);
  const invoice = (await ask('GET', `/invoices/${issued.id}`)).body;
  const path = `/invoices/${issued.id}/pdf`;

  const first = await print(path);
  expect(first).toMatchObject({ status: 200, problem: null });
  expect(first.headers.get('content-disposition')).toBe(`inline; filename*=UTF-8''${invoice.label}.pdf`);
  expect(first.headers.get('etag')).toBe(`"${first.sha256}"`);
  for (const run of [invoice.label, 'Tax invoice', 'VAT 15%', '1,687.500', 'IQD\u00A012,937.500', '2.5 kg', '9-8-7']) {
    expect(first.runs).toContain(run);
  }
  expect(first.runs.join('')).toContain(invoice.contentHash);
  // The shop has moved since; the document has not.
  const { body: books } = await ask('GET', '/books');
  const { version: expectedVersion, currency: _currency, ...terms } = books;
  const moved = { ...terms, expectedVersion, seller: { name: { en: 'Another name' } } };
  expect((await ask('PUT', '/books', moved)).status).toBe(200);
  expect((await print(path)).sha256).toBe(first.sha256);
  const known = await print(path, { ...secret(), 'if-none-match': `"${first.sha256}"` });
  expect(known).toMatchObject({ status: 304, bytes: new Uint8Array() });

  const copy = await print(`${path}?copy=true`);
  expect(copy.runs).toContain('Copy');
  expect(copy.sha256).not.toBe(first.sha256);
  const roll = await print(`${path}?paper=80mm&language=ar`);
  expect(roll.runs).toContain('IQD\u00A012,937.500');
  expect(roll.runs).not.toContain('Copy');

  // Remembered once for each paper and language; what looks different from that is a copy and says so.
  const prints = await server.superuserSql('select paper, language, sha256 from billing.prints order by paper');
  expect(prints).toEqual([
    { paper: '80mm', language: 'ar', sha256: roll.sha256 },
    { paper: 'a4', language: 'en', sha256: first.sha256 },
  ]);
  await server.superuserSql(
    `insert into billing.prints (org_id, document_id, paper, language, sha256, edition)
     select org_id, id, 'a4', 'ar', repeat('0', 64), 'earlier' from billing.invoices`,
  );
  expect((await print(`${path}?language=ar`)).runs).toContain('Copy');

  // What was remembered is what printing gives now; the made-up one is of other templates.
  const checked = await ask('POST', '/checks/prints', {});
  expect(checked).toMatchObject({ status: 200, body: { printed: 2, otherwise: 1, drifts: [] } });

  // A credit note, a receipt, a statement.
  const note = (await ask('POST', `/invoices/${issued.id}/credits`, { reason: 'Broken' })).body;
  const credited = await print(`/invoices/${note.id}/pdf`);
  expect(credited.runs).toEqual(expect.arrayContaining(['Credit note', invoice.label, 'Broken']));
  const paid = { method: 'cash', amount: { amount: '5000000', currency: 'IQD' }, partyId };
  const { body: payment } = await ask('POST', '/payments', paid);
  expect((await print(`/payments/${payment.id}/pdf?paper=80mm`)).runs).toContain('IQD\u00A05,000.000');
  const statement = await print(`/parties/${partyId}/statement/pdf?from=2020-01-01&to=2099-12-31`);
  expect(statement.runs).toEqual(expect.arrayContaining(['Statement of account', 'Ada', 'IQD\u00A0\u22125,000.000']));

  // Refused in words: who may not, what is not there, what is none of the choices, what is not issued.
  expect(await print(path, { apikey: server.anonKey })).toMatchObject({ status: 401 });
  expect((await print('/invoices/0199aaaa-0000-7000-8000-000000000009/pdf')).problem.code).toBe('common.not_found');
  expect((await print(`${path}?paper=a5`)).problem.errors[0].pointer).toBe('/paper');
  expect((await print(`${path}?secret=1`)).problem.errors[0]).toMatchObject({ code: 'unknown_member' });
  const { body: unissued } = await ask('POST', '/invoices', draft);
  expect((await print(`/invoices/${unissued.id}/pdf`)).problem.code).toBe('billing.not_issued');

  const { body: document } = await ask('GET', '/openapi.json');
  expect(document.paths['/invoices/{invoiceId}/pdf'].get.responses['200'].content).toHaveProperty('application/pdf');
  expect(await new Validator().validate(document)).toMatchObject({ valid: true });
});
