import { expect, test } from 'vitest';
import { needsDataKey, openFormer, openSecrets, sealingKeys, sealSecrets } from './sealed-secrets.ts';

const keys = sealingKeys('super-secret-jwt-token-with-at-least-32-characters-long');
const settings = {
  google: { clientId: 'id', clientSecret: 'hush' },
  list: [{ apiKey: 'key' }],
  smtp: { password: '' },
};

test('secrets are unreadable where they are kept, and open to the key that sealed them', () => {
  const sealed = sealSecrets(keys, settings);
  expect(JSON.stringify(sealed)).not.toMatch(/hush|"key"/);
  expect(sealed).toMatchObject({ google: { clientId: 'id' }, smtp: { password: '' } });
  expect(openSecrets(keys, sealed)).toEqual(settings);
});

test('one secret never looks the same twice', () => {
  expect(sealSecrets(keys, settings)).not.toEqual(sealSecrets(keys, settings));
});

test('another key, or a changed byte, opens nothing', () => {
  const sealed = sealSecrets(keys, settings);
  expect(() => openSecrets(sealingKeys('another secret'), sealed)).toThrow();
  const text = JSON.stringify(sealed);
  const at = text.indexOf('"sealed":"') + 30;
  const changed: unknown = JSON.parse(text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1));
  expect(() => openSecrets(keys, changed)).toThrow();
});

test('with a data key nothing depends on the secret any more, and what was sealed before still opens', () => {
  const [former, dataKey] = [sealingKeys('the secret of the project'), Buffer.alloc(32, 7)];
  const now = sealingKeys('the secret of the project', dataKey);
  expect(openSecrets(now, sealSecrets(former, settings))).toEqual(settings);
  const sealed = sealSecrets(now, settings);
  expect(needsDataKey(JSON.stringify(sealed))).toBe(true);
  expect(needsDataKey(JSON.stringify(sealSecrets(former, settings)))).toBe(false);
  expect(openSecrets(sealingKeys('another secret', dataKey), sealed)).toEqual(settings);
  expect(openFormer(now, sealSecrets(former, settings))).toEqual(settings);
  expect(openFormer(now, sealed)).toEqual(sealed);
  expect(() => openSecrets(former, sealed)).toThrow('data key');
  expect(() => openSecrets(sealingKeys('the secret of the project', Buffer.alloc(32, 8)), sealed)).toThrow();
});
