import { expect, test } from 'vitest';
import { hideSecrets, keepShownSecrets, patchSettings } from './settings-patch.ts';

const sealed = { sealed: 'AAAA' };
const stored = { google: { clientId: 'id', clientSecret: sealed, scopes: ['a'] }, github: { clientId: 'x' } };

test('changes are laid over what is there, and null takes an entry of a map away', () => {
  expect(
    patchSettings('providers', stored, { google: { scopes: ['b'] }, github: null, gitlab: { clientId: 'y' } }),
  ).toEqual({
    google: { clientId: 'id', clientSecret: sealed, scopes: ['b'] },
    gitlab: { clientId: 'y' },
  });
  expect(patchSettings('protection', { signUpsPerHour: 3 }, { signUpsPerHour: null })).toEqual({
    signUpsPerHour: null,
  });
});

test('what is shown of a secret says only that there is one, and changes nothing when it comes back', () => {
  const shown = hideSecrets(stored);
  expect(shown).toEqual({
    google: { clientId: 'id', clientSecret: { set: true }, scopes: ['a'] },
    github: { clientId: 'x' },
  });
  expect(hideSecrets({ clientSecret: '' })).toEqual({ clientSecret: { set: false } });
  expect(hideSecrets({ password: { minLength: 6 } })).toEqual({ password: { minLength: 6 } });
  expect(keepShownSecrets(stored, shown as typeof stored)).toEqual(stored);
  expect(patchSettings('providers', stored, { google: { clientSecret: { set: true } } })).toEqual(stored);
  expect(keepShownSecrets({}, { smtp: { password: { set: true } } })).toEqual({ smtp: {} });
});

test('a secret does not follow to another place it would be sent to', () => {
  const mail = { smtp: { host: 'mail.example.org', user: 'shop', password: sealed } };
  const moved = { smtp: { host: 'evil.example', user: 'shop' } };
  expect(patchSettings('mail', mail, { smtp: { host: 'evil.example' } })).toEqual(moved);
  expect(patchSettings('mail', mail, { smtp: { host: 'evil.example', password: { set: true } } })).toEqual(moved);
  expect(keepShownSecrets(mail, { smtp: { ...moved.smtp, password: { set: true } } })).toEqual(moved);
  const given = { smtp: { ...moved.smtp, password: 'new' } };
  expect(patchSettings('mail', mail, given)).toEqual(given);
  expect(patchSettings('mail', mail, { smtp: { user: 'other' } })).toEqual({ smtp: { ...mail.smtp, user: 'other' } });
});

test('a key that names the prototype is a key like any other', () => {
  const patched = patchSettings(
    'providers',
    {},
    JSON.parse('{"__proto__": {"clientId": "x"}}') as Record<string, unknown>,
  );
  expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
  expect(Object.hasOwn(patched, '__proto__')).toBe(true);
});
