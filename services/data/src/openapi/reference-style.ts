/** The page's one style sheet; light or dark as the reader's system is. */
export const REFERENCE_STYLE = `
:root { --ink: #1d2430; --dim: #5b6675; --paper: #fff; --wash: #f5f6f8; --line: #dfe3e8; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --dim: #9aa5b4; --paper: #14181f; --wash: #1c222b; --line: #303844; --accent: #7db7f0; }
}
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); color: var(--ink);
  background: var(--paper); font: 16px/1.55 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; background: var(--wash);
  border-inline-end: 1px solid var(--line); }
nav h2 { margin: 1.5rem .5rem .25rem; font-size: .8rem; color: var(--dim); }
nav ul { margin: 0; padding: 0; list-style: none; }
nav a { display: block; padding: .2rem .5rem; border-radius: 6px; color: inherit; text-decoration: none;
  overflow-wrap: anywhere; }
nav a:hover { background: var(--line); }
.brand { margin: 0 .5rem; font-weight: 600; }
main { max-width: 64rem; padding: 2rem 2.5rem 6rem; }
section { margin-top: 3rem; scroll-margin-top: 1rem; }
h1 { margin: 0 0 .5rem; font-size: 1.8rem; }
h1, section h2 { overflow-wrap: anywhere; }
section h2 { font-size: 1.25rem; }
section h2 a { color: inherit; text-decoration: none; }
section h2 a:hover { text-decoration: underline; }
a { color: var(--accent); }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 1rem; border-radius: 8px; background: var(--wash); border: 1px solid var(--line); }
.scroll { overflow: hidden; border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; font-size: .925rem; }
th, td { padding: .45rem .75rem; text-align: start; vertical-align: top; font-weight: normal; overflow-wrap: anywhere; }
thead th:nth-child(1) { width: 27%; }
thead th:nth-child(2) { width: 20%; }
thead th:nth-child(3) { width: 12.5rem; }
thead th { background: var(--wash); color: var(--dim); font-size: .8rem; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
summary { margin-top: .75rem; color: var(--dim); cursor: pointer; }
.method { padding: .1rem .45rem; border-radius: 5px; border: 1px solid currentcolor; font: 600 .7rem/1.4 ui-monospace, monospace;
  vertical-align: middle; color: var(--dim); }
.method.get { color: var(--accent); }
.signatures { padding: 0; list-style: none; }
.note { color: var(--dim); }
.skip { position: absolute; inset-inline-start: -999rem; }
.skip:focus { inset-inline-start: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--paper); z-index: 1; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
@media (max-width: 48rem) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 40vh; }
  nav { border-inline-end: 0; border-block-end: 1px solid var(--line); }
  main { padding: 1.5rem 1rem 4rem; }
  thead { display: none; }
  tr { display: grid; grid-template-columns: 1fr auto; padding: .5rem .75rem; gap: .1rem .75rem; }
  tbody tr + tr { border-top: 1px solid var(--line); }
  tbody tr > * { padding: 0; border: 0 !important; }
  tbody td:nth-child(2) { max-width: 12rem; color: var(--dim); text-align: end; }
  td.access { color: var(--dim); font-size: .85em; }
  td.access, td:last-child { grid-column: 1 / -1; }
  td:empty { display: none; }
}
@media print { nav, .skip, summary { display: none; } body { display: block; } }
`;
