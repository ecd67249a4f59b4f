import { webhookErrors } from './webhook-errors.ts';

const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** Visible ASCII with blanks between; above all no line ends. */
const VALUE = /^[\x21-\x7E](?:[\x20-\x7E]{0,2046}[\x21-\x7E])?$/;

/** They say who sends, how the body ends and where the connection goes, which is not the endpoint's to say. */
const RESERVED =
  /^(?:host|connection|content-length|content-encoding|transfer-encoding|te|trailer|upgrade|expect|keep-alive|user-agent|accept-encoding|proxy-.*|webhook-.*|ce-.*)$/;
const BODY_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/cloudevents+json']);

/**
 * The headers an endpoint wants to get, names in lower case.
 *
 * @throws {AshlarError} `webhooks.header_refused`.
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const checked = Object.entries(headers).map(([given, value]): [string, string] => {
    const name = given.toLowerCase();
    const refuse = (reason: string): Error => webhookErrors.headerRefused({ name: given.slice(0, 128), reason });
    if (!NAME.test(given)) throw refuse('its name is no name of a header');
    if (RESERVED.test(name)) throw refuse('the service sets it itself');
    if (!VALUE.test(value)) throw refuse('its value is not plain text of at most 2048 characters');
    if (name === 'content-type' && !BODY_TYPES.has(value)) throw refuse('the body is JSON');
    return [name, value];
  });
  return Object.fromEntries(checked);
}
