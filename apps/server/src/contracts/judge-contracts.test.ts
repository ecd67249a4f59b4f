import { must } from '@ashlar/kernel';
import { product } from '@ashlar/suite-product';
import { expect, test } from 'vitest';
import { type ContractFile, contractFiles } from './contract-files.ts';
import { settleContracts } from './judge-contracts.ts';

const now = contractFiles(product);
const version = { major: 1, minor: 4, patch: 2 };

/** What was promised, where it was today's contracts but for one document. */
function promised(file: string, change: (content: string) => string) {
  const files = new Map(now.map((one) => [one.file, one.file === file ? change(one.content) : one.content]));
  return { files, version };
}
const contentOf = (file: string) =>
  must(
    now.find((one) => one.file === file),
    file satisfies ContractFile['file'],
  ).content;
/** A route there was, and is no more. */
const withRoute = (content: string): string => {
  const { paths, ...document } = JSON.parse(content) as { readonly paths: Record<string, object> };
  return JSON.stringify({ ...document, paths: { ...paths, '/gone': must(Object.values(paths)[0], 'a route') } });
};

test('what nobody promised anything of begins as 1.0.0', () => {
  expect(settleContracts(null, now, false)).toEqual({
    changes: [],
    version: { major: 1, minor: 0, patch: 0 },
    isRefused: false,
  });
});

test('contracts that are as they were keep their version', () => {
  const settled = settleContracts(
    promised('', (content) => content),
    now,
    false,
  );
  expect(settled).toEqual({ changes: [], version, isRefused: false });
});

test.each([
  ['a route', 'openapi.json', withRoute],
  ['a use case without a route', 'calls.json', withRoute],
  ['a method', 'service.proto', (text: string) => text.replace(/(\n +rpc )(\w+)(.*)/, '$1$2$3$1Gone$3')],
  ['a mutation', 'schema.graphql', (text: string) => text.replace(/type Mutation \{/, '$&\n  gone: Boolean')],
])(
  '%s that is gone is refused until the suite may break its promises, and then is a new major',
  (_what, file, change) => {
    expect(change(contentOf(file))).not.toBe(contentOf(file));
    const since = promised(file, change);
    const refused = settleContracts(since, now, false);
    expect(refused.isRefused).toBe(true);
    expect(refused.changes).toContainEqual(expect.objectContaining({ level: 'breaking', file }));
    expect(settleContracts(since, now, true)).toMatchObject({
      version: { major: 2, minor: 0, patch: 0 },
      isRefused: false,
    });
  },
);

test('a document that is gone altogether breaks a promise', () => {
  const rest = now.filter(({ file }) => file !== 'calls.json');
  expect(
    settleContracts(
      promised('', (content) => content),
      rest,
      false,
    ).isRefused,
  ).toBe(true);
});

test('what is new needs no leave, and is a new minor', () => {
  const since = promised('openapi.json', (content) => {
    const { paths, ...document } = JSON.parse(content) as { readonly paths: Record<string, object> };
    return JSON.stringify({ ...document, paths: Object.fromEntries(Object.entries(paths).slice(1)) });
  });
  expect(settleContracts(since, now, false)).toMatchObject({
    version: { major: 1, minor: 5, patch: 0 },
    isRefused: false,
  });
});
