/** What a key asks the grid to do. Directions are those of the table: `onward` is where the next column is. */
export type Command =
  | {
      readonly type: 'move';
      readonly to: 'up' | 'down' | 'onward' | 'back';
      readonly isFar: boolean;
      readonly isExtending: boolean;
    }
  | { readonly type: 'page'; readonly to: 'up' | 'down'; readonly isExtending: boolean }
  | { readonly type: 'edge'; readonly to: 'first' | 'last'; readonly isTable: boolean; readonly isExtending: boolean }
  | { readonly type: 'next'; readonly isBack: boolean }
  | { readonly type: 'moveColumn' | 'resizeColumn'; readonly to: 'onward' | 'back' }
  | { readonly type: 'type'; readonly text: string }
  | {
      readonly type:
        | 'edit'
        | 'clear'
        | 'setNull'
        | 'undo'
        | 'redo'
        | 'fillDown'
        | 'selectAll'
        | 'selectRow'
        | 'selectColumn'
        | 'tick'
        | 'insertRow'
        | 'duplicateRows'
        | 'removeRows'
        | 'menu'
        | 'open'
        | 'record'
        | 'escape';
    };

/** The parts of a keyboard event that matter. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const PLAIN: Readonly<Record<string, Command>> = {
  Enter: { type: 'edit' },
  F2: { type: 'edit' },
  Delete: { type: 'clear' },
  Backspace: { type: 'clear' },
  Escape: { type: 'escape' },
  ContextMenu: { type: 'menu' },
};

/** By the place of the key, so that they work on an Arabic keyboard too. */
const WITH_CONTROL: Readonly<Record<string, Command>> = {
  KeyA: { type: 'selectAll' },
  KeyZ: { type: 'undo' },
  KeyY: { type: 'redo' },
  KeyD: { type: 'fillDown' },
  Space: { type: 'selectColumn' },
  Backspace: { type: 'setNull' },
  Minus: { type: 'removeRows' },
  NumpadSubtract: { type: 'removeRows' },
};

const WITH_CONTROL_AND_SHIFT: Readonly<Record<string, Command>> = {
  KeyZ: { type: 'redo' },
  KeyD: { type: 'duplicateRows' },
  Space: { type: 'tick' },
  Equal: { type: 'insertRow' },
  NumpadAdd: { type: 'insertRow' },
};

/** What a key press means, or undefined where it is none of the grid's business. */
export function commandOf(press: KeyPress, direction: 'ltr' | 'rtl'): Command | undefined {
  const { key, code, shiftKey: isExtending, altKey } = press;
  const hasControl = press.ctrlKey || press.metaKey;
  const arrow = arrowOf(key, direction);
  if (arrow !== undefined) return arrowCommand(arrow, press, hasControl);
  if (altKey) return key === 'Enter' ? { type: 'open' } : undefined;
  if (key === 'Tab') return hasControl ? undefined : { type: 'next', isBack: isExtending };
  if (key === 'PageUp' || key === 'PageDown')
    return { type: 'page', to: key === 'PageUp' ? 'up' : 'down', isExtending };
  if (key === 'Home' || key === 'End') {
    return { type: 'edge', to: key === 'Home' ? 'first' : 'last', isTable: hasControl, isExtending };
  }
  if (hasControl) return (isExtending ? WITH_CONTROL_AND_SHIFT : WITH_CONTROL)[code];
  if (isExtending && key === 'Enter') return { type: 'record' };
  if (isExtending && key === 'F10') return { type: 'menu' };
  if (isExtending && code === 'Space') return { type: 'selectRow' };
  return PLAIN[key] ?? (Array.from(key).length === 1 ? { type: 'type', text: key } : undefined);
}

type Direction = 'up' | 'down' | 'onward' | 'back';

function arrowOf(key: string, direction: 'ltr' | 'rtl'): Direction | undefined {
  if (key === 'ArrowUp') return 'up';
  if (key === 'ArrowDown') return 'down';
  if (key === 'ArrowLeft') return direction === 'rtl' ? 'onward' : 'back';
  if (key === 'ArrowRight') return direction === 'rtl' ? 'back' : 'onward';
  return undefined;
}

function arrowCommand(to: Direction, { altKey, shiftKey }: KeyPress, hasControl: boolean): Command | undefined {
  if (!altKey) return { type: 'move', to, isFar: hasControl, isExtending: shiftKey };
  if (to === 'down') return { type: 'menu' };
  return to === 'up' ? undefined : { type: shiftKey ? 'resizeColumn' : 'moveColumn', to };
}
