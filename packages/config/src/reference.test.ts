import { expect, test } from 'vitest';
import { optionHelp } from './help.ts';
import { flagOptions, optionEntries } from './option-entries.ts';
import { configurationPage, environmentExample } from './reference.ts';

// The committed pages are the generated ones; `npx vitest run packages/config -u` writes them anew.
test('docs/configuration.md is the page made from the schema', async () => {
  await expect(configurationPage()).toMatchFileSnapshot('../../../docs/configuration.md');
});

test('.env.example is the text made from the schema', async () => {
  await expect(environmentExample()).toMatchFileSnapshot('../../../.env.example');
});

test('the help of every option is pinned', () => {
  expect(`${optionHelp()}\n`).toMatchSnapshot();
});

test('keys are unique over all groups, because flags and variables have no group', () => {
  const keys = optionEntries.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(Object.keys(flagOptions())).toContain('db-port');
});

test('every sentence ends with a full stop', () => {
  for (const { option } of optionEntries) expect(option.about).toMatch(/^[A-Z`].*\.$/);
});
