/** How the mailbox looks: list and message side by side, one after the other on a narrow screen. */
export const DEV_MAIL_STYLE: string = `
:root { --page: #F5F6F8; --card: #FFFFFF; --line: #E2E5EA; --ink: #1B2130; --quiet: #5B6475; --accent: #2F5BEA; --chosen: #EAF0FE; }
@media (prefers-color-scheme: dark) {
  :root { --page: #10131A; --card: #191D27; --line: #2B3140; --ink: #E9ECF3; --quiet: #A3ACBD; --accent: #7C9BFF; --chosen: #222B44; }
}
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: flex; flex-direction: column; background: var(--page); color: var(--ink);
  font: 14px/1.45 Inter, -apple-system, 'Segoe UI', Roboto, 'IBM Plex Sans Arabic', 'Noto Sans Arabic', sans-serif; }
header { display: flex; align-items: center; gap: 12px; padding: 8px 16px; border-bottom: 1px solid var(--line); background: var(--card); }
h1 { font-size: 14px; font-weight: 600; margin: 0; }
.quiet, time, dt { color: var(--quiet); }
header form { margin-inline-start: auto; }
input, button { font: inherit; height: 28px; padding: 0 8px; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: var(--ink); }
input { width: 220px; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
main { flex: 1; min-height: 0; display: flex; }
nav { width: 340px; flex: none; overflow-y: auto; border-inline-end: 1px solid var(--line); background: var(--card); }
nav a { display: block; padding: 12px 16px; border-bottom: 1px solid var(--line); color: inherit; text-decoration: none; }
nav a:hover, nav a[aria-current] { background: var(--chosen); }
.row { display: flex; justify-content: space-between; gap: 8px; }
.row bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 500; }
time { font-size: 12px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.subject { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tag { font-size: 12px; color: var(--quiet); }
.empty { padding: 48px 24px; margin: 0; text-align: center; }
section { flex: 1; min-width: 0; display: flex; flex-direction: column; }
.head { padding: 16px 24px 0; border-bottom: 1px solid var(--line); background: var(--card); }
h2 { font-size: 20px; font-weight: 600; margin: 0 0 8px; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 0 0 12px; }
dd { margin: 0; overflow-wrap: anywhere; }
dd time { font-size: inherit; }
.tabs { display: flex; gap: 16px; }
.tabs a { padding: 6px 0; color: var(--quiet); text-decoration: none; border-bottom: 2px solid transparent; }
.tabs a[aria-current] { color: var(--ink); border-color: var(--accent); }
iframe { flex: 1; border: 0; width: 100%; background: var(--page); }
pre { flex: 1; margin: 0; padding: 24px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.6 'JetBrains Mono', ui-monospace, Menlo, Consolas, 'Noto Sans Arabic', monospace; }
@media (max-width: 720px) {
  header .quiet { display: none; }
  input { width: 160px; }
  main { display: block; overflow-y: auto; }
  nav { width: 100%; border: 0; max-height: 40vh; border-bottom: 1px solid var(--line); }
  section { min-height: 60vh; }
  .blank { display: none; }
  iframe { min-height: 80vh; }
}
`.trim();
