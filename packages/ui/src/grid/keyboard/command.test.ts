import { expect, test } from 'vitest';
import { commandOf, type KeyPress } from './command.ts';

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, code: key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held };
}

test('the left arrow goes to the next column where the text runs leftward', () => {
  expect(commandOf(press('ArrowLeft'), 'rtl')).toMatchObject({ type: 'move', to: 'onward' });
  expect(commandOf(press('ArrowLeft'), 'ltr')).toMatchObject({ type: 'move', to: 'back' });
});
test('Shift extends and Ctrl goes all the way', () => {
  expect(commandOf(press('ArrowDown', { shiftKey: true, ctrlKey: true }), 'ltr')).toEqual({
    type: 'move',
    to: 'down',
    isFar: true,
    isExtending: true,
  });
});
test('shortcuts go by the place of a key, so an Arabic keyboard has them too', () => {
  expect(commandOf(press('ئ', { code: 'KeyZ', ctrlKey: true }), 'rtl')).toEqual({ type: 'undo' });
  expect(commandOf(press('ئ', { code: 'KeyZ', metaKey: true, shiftKey: true }), 'rtl')).toEqual({ type: 'redo' });
});
test('copy, cut and paste are left to the clipboard, and unknown keys to the page', () => {
  for (const code of ['KeyC', 'KeyX', 'KeyV', 'KeyR']) {
    expect(commandOf(press(code.at(-1) ?? '', { code, ctrlKey: true }), 'ltr')).toBeUndefined();
  }
  expect(commandOf(press('Shift'), 'ltr')).toBeUndefined();
  expect(commandOf(press('F5'), 'ltr')).toBeUndefined();
});
test('a letter begins to replace, a letter of two code units too', () => {
  expect(commandOf(press('ش'), 'rtl')).toEqual({ type: 'type', text: 'ش' });
  expect(commandOf(press('😀'), 'ltr')).toEqual({ type: 'type', text: '😀' });
});
