/** The session an access token belongs to; the token is not checked, the server that gave it was asked just now. */
export function sessionOf(token: string): string {
  const claims = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const parsed: unknown = JSON.parse(atob(claims));
  return typeof parsed === 'object' && parsed !== null && 'session_id' in parsed ? String(parsed.session_id) : '';
}
