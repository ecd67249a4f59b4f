import { expect, test } from 'vitest';
import { openSecrets, sealingKey, sealSecrets } from './sealed-secrets.ts';

const key = sealingKey('super-secret-jwt-token-with-at-least-32-characters-long');
const settings = {
  google: { clientId: 'id', clientSecret: 'hush' },
  list: [{ apiKey: 'key' }],
  smtp: { password: '' },
};

test('secrets are unreadable where they are kept, and open to the key that sealed them', () => {
  const sealed = sealSecrets(key, settings);
  expect(JSON.stringify(sealed)).not.toMatch(/hush|"key"/);
  expect(sealed).toMatchObject({ google: { clientId: 'id' }, smtp: { password: '' } });
  expect(openSecrets(key, sealed)).toEqual(settings);
});

test('one secret never looks the same twice', () => {
  expect(sealSecrets(key, settings)).not.toEqual(sealSecrets(key, settings));
});

test('another key, or a changed byte, opens nothing', () => {
  const sealed = sealSecrets(key, settings);
  expect(() => openSecrets(sealingKey('another secret'), sealed)).toThrow();
  const text = JSON.stringify(sealed);
  const at = text.indexOf('"sealed":"') + 30;
  const changed: unknown = JSON.parse(text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1));
  expect(() => openSecrets(key, changed)).toThrow();
});
