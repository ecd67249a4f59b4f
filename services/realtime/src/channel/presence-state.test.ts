import { expect, test } from 'vitest';
import { PresenceState } from './presence-state.ts';

const metasOf = (json: string | null, side: 'joins' | 'leaves', key: string): Record<string, unknown>[] =>
  JSON.parse(json ?? '{}')[side]?.[key]?.metas ?? [];

test('a first track is a join, the same again is nothing, another is a leave and a join', () => {
  const presence = new PresenceState<string>();
  const first = presence.track('socket', 'ada', { mood: 'curious' });
  const [joined] = metasOf(first, 'joins', 'ada');
  expect(joined).toMatchObject({ mood: 'curious', phx_ref: expect.any(String) });
  expect(presence.track('socket', 'ada', { mood: 'curious' })).toBeNull();

  const second = presence.track('socket', 'ada', { mood: 'calm' });
  expect(metasOf(second, 'leaves', 'ada')).toEqual([joined]);
  expect(metasOf(second, 'joins', 'ada')).toEqual([
    { mood: 'calm', phx_ref: expect.any(String), phx_ref_prev: joined?.['phx_ref'] },
  ]);
});

test('members under one key stay apart, and nobody chooses a reference', () => {
  const presence = new PresenceState<number>();
  presence.track(1, 'ada', { tab: 1, phx_ref: 'mine' });
  presence.track(2, 'ada', { tab: 2 });
  const metas = JSON.parse(presence.state()).ada.metas;
  expect(metas).toMatchObject([{ tab: 1 }, { tab: 2 }]);
  expect(metas[0].phx_ref).not.toBe('mine');
  expect(metasOf(presence.untrack(1), 'leaves', 'ada')).toMatchObject([{ tab: 1 }]);
  expect(presence.untrack(1)).toBeNull();
  expect(JSON.parse(presence.state()).ada.metas).toMatchObject([{ tab: 2 }]);
  presence.untrack(2);
  expect(presence.state()).toBe('{}');
});

test.each(['__proto__', 'constructor', 'toString', ''])('the key %j is a key like any other', (key) => {
  const presence = new PresenceState<number>();
  presence.track(1, key, JSON.parse('{"__proto__":{"x":1}}'));
  expect(Object.keys(JSON.parse(presence.state()))).toEqual([key]);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
