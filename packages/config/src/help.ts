import { optionEntries, type OptionEntry } from './option-entries.ts';

/** Column at which the sentences begin; a longer flag has its sentence on the next line. */
const SENTENCE_COLUMN = 32;
const LINE_WIDTH = 110;

/** The options as aligned help lines under their groups; `only` picks groups. */
export function optionHelp(only?: readonly string[]): string {
  const entries = optionEntries.filter(({ group }) => only === undefined || only.includes(group));
  return [...Map.groupBy(entries, ({ groupTitle }) => groupTitle)]
    .map(([title, members]) => [`${title}:`, ...members.map(optionLines)].join('\n'))
    .join('\n\n');
}

function optionLines(entry: OptionEntry): string {
  return helpEntry(signature(entry), `${entry.option.about}${choicesNote(entry)}${defaultNote(entry)}`);
}

/** One thing and its sentence, as every part of the help shows them: `  --port <port>   Port the …`. */
export function helpEntry(name: string, sentence: string): string {
  const indent = ' '.repeat(SENTENCE_COLUMN);
  const [first = '', ...rest] = wrap(sentence, LINE_WIDTH - SENTENCE_COLUMN).map((line) => `${indent}${line}`);
  const head = `  ${name}`;
  const fits = head.length + 2 <= SENTENCE_COLUMN;
  return (fits ? [`${head}${first.slice(head.length)}`, ...rest] : [head, first, ...rest]).join('\n');
}

function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function signature({ flag, option }: OptionEntry): string {
  if (option.kind.placeholder !== null) return `--${flag} ${option.kind.placeholder}`;
  return option.default === true ? `--[no-]${flag}` : `--${flag}`;
}

function choicesNote({ option }: OptionEntry): string {
  return option.kind.choices === null ? '' : ` One of ${option.kind.choices.join(', ')}.`;
}

function defaultNote({ option }: OptionEntry): string {
  const value = defaultText(option.default);
  return value === '' || option.default === false ? '' : ` [${value}]`;
}

/** A default as one would write it in a flag; empty for none. */
export function defaultText(value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
