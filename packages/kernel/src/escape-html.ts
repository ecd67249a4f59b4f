const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};

/** Text as it may stand anywhere in a page: between tags and in a quoted attribute, the way React writes it. A lone surrogate becomes U+FFFD. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
