import { restErrors } from '../rest-errors.ts';

/** A place in a text, shared by the grammars: each takes what is its own and leaves the cursor behind it. */
export class Cursor {
  readonly text: string;
  /** What is being parsed, as errors name it: `select parameter`, `filter`, `order`, `logic tree`. */
  readonly subject: string;
  position: number;

  constructor(text: string, subject: string, position = 0) {
    this.text = text;
    this.subject = subject;
    this.position = position;
  }

  get done(): boolean {
    return this.position >= this.text.length;
  }

  /** The next character, or '' at the end. */
  peek(): string {
    return this.text.charAt(this.position);
  }

  startsWith(literal: string): boolean {
    return this.text.startsWith(literal, this.position);
  }

  /** Steps over the literal if it comes next. */
  take(literal: string): boolean {
    if (!this.text.startsWith(literal, this.position)) return false;
    this.position += literal.length;
    return true;
  }

  expect(literal: string, expecting: string = JSON.stringify(literal)): void {
    if (!this.take(literal)) this.fail(expecting);
  }

  skipBlanks(): void {
    while (this.peek() === ' ') this.position += 1;
  }

  expectEnd(expecting = 'end of input'): void {
    if (!this.done) this.fail(expecting);
  }

  /** Refuses the text at this position. */
  fail(expecting: string): never {
    const met = this.done ? 'unexpected end of input' : `unexpected ${JSON.stringify(this.peek())}`;
    throw restErrors.unparsable(this.subject, this.text, this.position, `${met} expecting ${expecting}`);
  }
}
