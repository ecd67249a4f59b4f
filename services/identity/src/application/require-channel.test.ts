import { expect, test } from 'vitest';
import { testProjectSettings } from '@ashlar/testing';
import { createMemoryMailbox } from '../adapters/memory-mailbox.ts';
import { settleSettings } from './identity-settings.ts';
import { requireChannel } from './require-channel.ts';

const settings = settleSettings(testProjectSettings().auth, {});
const contact = { kind: 'email', value: 'a@example.org' } as const;
const mailbox = createMemoryMailbox();

const mayMail = (issuer: string, knowsPublicUrl: boolean): boolean => {
  try {
    requireChannel({ mailbox, knowsPublicUrl }, { settings, issuer }, contact);
    return true;
  } catch {
    return false;
  }
};

test('a link is mailed to nobody while its host is only what the request named', () => {
  expect(mayMail('https://evil.example/auth/v1', false)).toBe(false);
  expect(mayMail('http://10.0.0.7:8000/auth/v1', false)).toBe(false);
  expect(mayMail('http://localhost.evil.example/auth/v1', false)).toBe(false);
  expect(mayMail('https://api.example.org/auth/v1', true)).toBe(true);
});

test.each(['http://127.0.0.1:8000/auth/v1', 'http://localhost:8000/p/shop/auth/v1', 'http://[::1]:8000/auth/v1'])(
  '%s can be this machine alone',
  (issuer) => {
    expect(mayMail(issuer, false)).toBe(true);
  },
);
