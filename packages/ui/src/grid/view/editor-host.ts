import type { Command } from '../keyboard/command.ts';
import type { Edits } from '../model/edits.ts';
import type { GridModel } from '../model/grid-model.ts';
import type { CellPlace } from '../selection/selection.ts';
import { Editor, type Leave } from './editor.ts';
import { element } from './elements.ts';
import { Note } from './note.ts';

/** Where the cell stands in the view. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly viewWidth: number;
  readonly viewHeight: number;
}

const move = (to: 'up' | 'down' | 'onward' | 'back'): Command => ({
  type: 'move',
  to,
  isFar: false,
  isExtending: false,
});

const AFTER: Readonly<Record<Leave, Command | undefined>> = {
  stay: undefined,
  down: move('down'),
  up: move('up'),
  onward: move('onward'),
  back: move('back'),
  next: { type: 'next', isBack: false },
  previous: { type: 'next', isBack: true },
};

/** The layer above the cells: the editor of the active cell, and what is to be said of it. */
export class EditorHost {
  readonly element: HTMLElement = element('div', 'g-layer');
  readonly #model: GridModel;
  readonly #edits: Edits;
  readonly #surroundings: {
    readonly direction: () => 'ltr' | 'rtl';
    readonly leave: (command: Command | undefined) => void;
  };
  readonly #note: Note;
  #editor: Editor | undefined;
  #place: CellPlace | undefined;

  constructor(
    model: GridModel,
    edits: Edits,
    surroundings: {
      readonly direction: () => 'ltr' | 'rtl';
      readonly leave: (command: Command | undefined) => void;
    },
  ) {
    this.#model = model;
    this.#edits = edits;
    this.#surroundings = surroundings;
    this.#note = new Note(model, edits);
    this.element.append(this.#note.element);
  }

  /** The cell that is being edited. */
  get place(): CellPlace | undefined {
    return this.#place;
  }

  open(place: CellPlace, typed: string | undefined): void {
    this.close();
    const model = this.#model;
    const row = model.rows.at(place.row);
    const field = model.fields[place.column];
    if (row === undefined || field === undefined || !model.isEditable(place)) return;
    const value = model.valueOf(row, field);
    const mark = model.marks.get(row.key, field.id);
    const shown = mark?.kind === 'invalid' ? mark.text : (row.labels?.[field.id] ?? value ?? '');
    this.#place = place;
    this.#editor = new Editor({
      field,
      value,
      shown,
      typed,
      messages: model.options.messages,
      locale: model.options.locale,
      direction: this.#surroundings.direction(),
      onCommit: (text, leave) => {
        this.#shut();
        this.#edits.type(place, text, value);
        this.#surroundings.leave(AFTER[leave]);
      },
      onLeave: (leave) => {
        this.#shut();
        this.#surroundings.leave(AFTER[leave]);
      },
      onNull: () => {
        this.#shut();
        this.#edits.setNull(place, value);
        this.#surroundings.leave(undefined);
      },
    });
    this.element.append(this.#editor.element);
  }

  focus(): void {
    this.#editor?.focus();
  }

  /** Ends an open editor with what it holds. */
  close(): void {
    this.#editor?.finish();
  }

  draw(box: Box): void {
    this.#note.draw();
    // Nothing stands above the cells while people scroll through them.
    if (this.#editor === undefined && this.#note.element.hidden) return;
    const { style } = this.element;
    style.setProperty('--cell-x', `${box.x}px`);
    style.setProperty('--cell-y', `${box.y}px`);
    style.setProperty('--cell-width', `${box.width}px`);
    style.setProperty('--cell-height', `${box.height}px`);
    this.element.classList.toggle('g-low', box.y > box.viewHeight * 0.6);
    this.element.classList.toggle('g-far', box.x + box.width > box.viewWidth * 0.7);
    const isInSight = box.y > 0 && box.y < box.viewHeight;
    this.#note.element.classList.toggle('g-away', !isInSight || this.#editor !== undefined);
  }

  #shut(): void {
    const editor = this.#editor;
    this.#editor = undefined;
    this.#place = undefined;
    // Removing the focused input blurs it, which must find it closed.
    editor?.element.remove();
  }
}
