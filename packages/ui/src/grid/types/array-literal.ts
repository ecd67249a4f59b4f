/** The elements of an array; an inner list is a further dimension. */
export type Elements = readonly (string | null | Elements)[];

const MAX_DIMENSIONS = 6;

/** Reads PostgreSQL's `{a,"b c",NULL}`, a JSON list, or a bare list parted by commas. */
export function parseArray(text: string): Elements | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return fromJson(trimmed);
  if (trimmed.startsWith('{')) return fromLiteral(trimmed);
  return trimmed === '' ? [] : trimmed.split(/[,،\n]/).map((item) => item.trim());
}

function fromJson(text: string): Elements | undefined {
  try {
    return fromJsonList(JSON.parse(text, keepSource), 1);
  } catch {
    return undefined;
  }
}

/** Numbers as they were written: 0.10 stays 0.10, and nothing beyond 2⁵³ is rounded. */
function keepSource(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}

function fromJsonList(list: unknown, depth: number): Elements | undefined {
  if (!Array.isArray(list) || depth > MAX_DIMENSIONS) return undefined;
  const elements: (string | null | Elements)[] = [];
  for (const item of list as unknown[]) {
    if (item === null || typeof item === 'string') elements.push(item);
    else if (Array.isArray(item)) {
      const inner = fromJsonList(item, depth + 1);
      if (inner === undefined) return undefined;
      elements.push(inner);
    } else elements.push(JSON.stringify(item));
  }
  return elements;
}

function fromLiteral(text: string): Elements | undefined {
  let at = 0;
  const list = (depth: number): Elements | undefined => {
    if (depth > MAX_DIMENSIONS) return undefined;
    at += 1;
    const elements: (string | null | Elements)[] = [];
    if (text[at] === '}') {
      at += 1;
      return elements;
    }
    for (;;) {
      const item = text[at] === '{' ? list(depth + 1) : element();
      if (item === undefined) return undefined;
      elements.push(item);
      const mark = text[at];
      at += 1;
      if (mark === '}') return elements;
      if (mark !== ',') return undefined;
    }
  };
  const element = (): string | null | undefined => {
    while (text[at] === ' ') at += 1;
    if (text[at] === '"') return quoted();
    const start = at;
    while (at < text.length && text[at] !== ',' && text[at] !== '}' && text[at] !== '{')
      at += text[at] === '\\' ? 2 : 1;
    const bare = text.slice(start, at).trim();
    if (bare === '') return undefined;
    return bare.toUpperCase() === 'NULL' ? null : bare.replaceAll(/\\(.)/gs, '$1');
  };
  const quoted = (): string | undefined => {
    let value = '';
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1;
      value += text[at] ?? '';
    }
    if (at >= text.length) return undefined;
    at += 1;
    while (text[at] === ' ') at += 1;
    return value;
  };
  const elements = list(1);
  return at === text.length ? elements : undefined;
}

/** Writes an array as PostgreSQL does. */
export function arrayText(elements: Elements): string {
  const items = elements.map((item) => {
    if (item === null) return 'NULL';
    if (typeof item !== 'string') return arrayText(item);
    const isPlain = item !== '' && !/[{},"\\\s]/.test(item) && item.toUpperCase() !== 'NULL';
    return isPlain ? item : `"${item.replaceAll(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}
