import { expect, test } from 'vitest';
import { changeSettings, showSettings, withoutPinned } from './project-settings-change.ts';

test('settings are set and reset by name, and an emptied group leaves nothing', () => {
  const changed = changeSettings({ rest: { maxRows: 5 } }, { 'rest.schemas': ['shop'], requireApiKey: true }, [
    'rest.maxRows',
  ]);
  expect(changed).toEqual({ rest: { schemas: ['shop'] }, requireApiKey: true });
  expect(changeSettings(changed, {}, ['rest.schemas', 'requireApiKey'])).toEqual({});
});

test('a setting without a limit is a value of the project, not its absence', () => {
  const shown = showSettings(['rest.maxRows'], { rest: { maxRows: null } }, { rest: { maxRows: null } }, []);
  expect(shown).toEqual([{ name: 'rest.maxRows', value: null, source: 'project' }]);
});

test('a pinned setting is shown as the instance has it, whatever is stored', () => {
  const stored = { rest: { maxRows: 5, graphiql: true } };
  expect(withoutPinned(stored, ['rest.maxRows'])).toEqual({ rest: { graphiql: true } });
  const shown = showSettings(['rest.maxRows', 'rest.graphiql'], { rest: { maxRows: 1000, graphiql: true } }, stored, [
    'rest.maxRows',
  ]);
  expect(shown.map(({ source }) => source)).toEqual(['pinned', 'project']);
});
