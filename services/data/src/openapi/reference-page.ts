import { escapeHtml } from '@ashlar/kernel';
import type { FunctionParameter } from '@ashlar/postgres';
import type { ApiColumn, ApiDescription, ApiRelation, ApiRoutine } from './describe-api.ts';
import { REFERENCE_STYLE } from './reference-style.ts';
import { describesTransaction, TRANSACTION } from './transaction-path.ts';

/**
 * The API as a page to read: one self-contained document without scripts, so it works from the keyboard, in print
 * and behind any content policy that allows its one style sheet.
 *
 * @param publicUrl Origin and prefix of the project.
 */
export function referencePage(api: ApiDescription, publicUrl: string): string {
  const base = `${publicUrl.replace(/\/$/, '')}/rest/v1`;
  const hasTransaction = describesTransaction(api);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(api.title)}</title>
<style>${REFERENCE_STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the reference</a>
<nav aria-label="Contents">
<p class="brand">${escapeHtml(api.title)}</p>
${contents('Tables and views', 'relation', api.relations)}
${contents('Functions', 'function', api.routines)}
${hasTransaction ? '<h2>Together</h2>\n<ul><li><a href="#transaction">Transactions</a></li></ul>' : ''}
</nav>
<main id="content">
<h1>${escapeHtml(api.title)}</h1>
${paragraph(api.description === '' ? null : api.description)}
<p>Everything below is what you may use. Requests go to <code>${escapeHtml(base)}</code>, with a key in the header
<code>apikey</code>; the machine-readable form of this page is <a href="openapi.json">openapi.json</a>.</p>
${api.relations.map((relation) => relationSection(relation, base)).join('\n')}
${api.routines.map((routine) => routineSection(routine, base)).join('\n')}
${hasTransaction ? transactionSection(base) : ''}
${api.relations.length + api.routines.length === 0 ? '<p class="note">There is nothing here that you may use.</p>' : ''}
</main>
</body>
</html>
`;
}

function contents(title: string, kind: string, members: readonly { readonly name: string }[]): string {
  if (members.length === 0) return '';
  const links = members.map(({ name }) => `<li><a href="#${anchor(kind, name)}">${escapeHtml(name)}</a></li>`);
  return `<h2>${title}</h2>\n<ul>${links.join('')}</ul>`;
}

function relationSection(relation: ApiRelation, base: string): string {
  const path = `/${encodeURIComponent(relation.name)}`;
  const id = anchor('relation', relation.name);
  const methods = [
    ...(relation.select ? ['GET'] : []),
    ...(relation.insert ? ['POST'] : []),
    ...(relation.update ? ['PATCH'] : []),
    ...(relation.delete ? ['DELETE'] : []),
  ];
  return `<section aria-labelledby="${id}">
<h2 id="${id}"><a href="#${id}">${escapeHtml(relation.name)}</a> ${methods.map(badge).join(' ')}</h2>
${paragraph(relation.comment)}
<div class="scroll"><table aria-label="Columns of ${escapeHtml(relation.name)}">
<thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Access</th><th scope="col">Notes</th></tr></thead>
<tbody>${relation.columns.map(columnRow).join('')}</tbody>
</table></div>
${relation.select ? example(`curl '${base}${path}?limit=10' -H "apikey: $KEY"`) : ''}
</section>`;
}

function columnRow(column: ApiColumn): string {
  const access = [
    ...(column.select ? ['read'] : []),
    ...(column.insert ? ['insert'] : []),
    ...(column.update ? ['update'] : []),
  ];
  const { refersTo } = column;
  const notes = [
    ...(column.primary ? ['primary key'] : []),
    ...(column.nullable ? [] : ['not null']),
    ...(refersTo === null
      ? []
      : [
          `→ <a href="#${anchor('relation', refersTo.relation)}">${escapeHtml(`${refersTo.relation}.${refersTo.column}`)}</a>`,
        ]),
    ...(column.identity === null ? [] : ['generated']),
    ...(column.defaultExpression === null || column.identity !== null
      ? []
      : [`default <code>${escapeHtml(column.defaultExpression)}</code>`]),
    ...(column.enumLabels.length === 0 ? [] : [`one of ${escapeHtml(column.enumLabels.join(', '))}`]),
    ...(column.comment === null ? [] : [escapeHtml(column.comment)]),
  ];
  return `<tr><th scope="row"><code>${escapeHtml(column.name)}</code></th><td><code>${escapeHtml(column.type)}</code></td><td class="access">${access.join(', ')}</td><td>${notes.join('; ')}</td></tr>`;
}

function routineSection({ name, overloads }: ApiRoutine, base: string): string {
  const id = anchor('function', name);
  const isReadable = overloads.some(({ volatility }) => volatility !== 'volatile');
  const signatures = overloads.map(
    ({ parameters }) => `<li><code>${escapeHtml(name)}(${parameters.map(parameterText).join(', ')})</code></li>`,
  );
  const [{ comment }] = overloads;
  return `<section aria-labelledby="${id}">
<h2 id="${id}"><a href="#${id}">${escapeHtml(name)}</a> ${[...(isReadable ? ['GET'] : []), 'POST'].map(badge).join(' ')}</h2>
${paragraph(comment)}
<ul class="signatures">${signatures.join('')}</ul>
${example(`curl -X POST '${base}/rpc/${encodeURIComponent(name)}' -H "apikey: $KEY" -H 'content-type: application/json' -d '{}'`)}
</section>`;
}

function transactionSection(base: string): string {
  const { path, summary, example: body } = TRANSACTION;
  return `<section aria-labelledby="transaction">
<h2 id="transaction"><a href="#transaction">Transactions</a> ${badge('POST')}</h2>
${paragraph(`${summary} Operations are insert, upsert, update, delete, select, rpc and event; later ones may refer to results of earlier ones.`)}
${example(`curl -X POST '${base}${path}' -H "apikey: $KEY" -H 'content-type: application/json' -d '${body}'`)}
</section>`;
}

function parameterText({ name, type, required, variadic }: FunctionParameter): string {
  return escapeHtml(`${variadic ? 'variadic ' : ''}${name === '' ? '' : `${name} `}${type}${required ? '' : ' = …'}`);
}

function badge(method: string): string {
  return `<span class="method ${method.toLowerCase()}">${method}</span>`;
}

function example(command: string): string {
  return `<details><summary>Example</summary><pre tabindex="0"><code>${escapeHtml(command)}</code></pre></details>`;
}

function paragraph(text: string | null): string {
  return text === null ? '' : `<p>${escapeHtml(text)}</p>`;
}

/** A fragment that needs no escaping and that no other name has. */
function anchor(kind: string, name: string): string {
  return `${kind}-${encodeURIComponent(name).replaceAll(/['()*!~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`;
}
