import { createHash } from 'node:crypto';
import type { Snapshot } from '@ashlar/postgres';
import type { RequestContext, RestSettings } from '@ashlar/service';
import { restErrors } from '../rest-errors.ts';
import { type ApiDescription, describeApi } from './describe-api.ts';
import { openApi2 } from './openapi-2.ts';
import { openApi3 } from './openapi-3.ts';
import { referencePage } from './reference-page.ts';
import { REFERENCE_STYLE } from './reference-style.ts';
import { readUsableObjects } from './usable-objects.ts';

export type DescriptionForm = 'openapi-2' | 'openapi-3' | 'page';

export interface DescriptionAsked {
  readonly form: DescriptionForm;
  readonly context: RequestContext;
  readonly snapshot: Snapshot;
  readonly settings: RestSettings;
  readonly schema: string;
}

/** An API's account of itself, as its reader may use it. */
export interface DescriptionAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @throws PGRST126 where the project does not describe itself. */
export async function answerDescription(asked: DescriptionAsked): Promise<DescriptionAnswer> {
  const { form, context, snapshot, settings, schema } = asked;
  const { project, caller, publicUrl } = context;
  if (settings.openApiMode === 'disabled') throw restErrors.rootDisabled();
  const usable =
    settings.openApiMode === 'ignore-privileges'
      ? null
      : await readUsableObjects(project.database, caller.role, schema);
  const body = FORMS[form].write(describeApi(snapshot, schema, usable), publicUrl);
  return { headers: { ...FORMS[form].headers, vary: 'Accept, Accept-Profile, Authorization, apikey' }, body };
}

interface Form {
  readonly headers: Readonly<Record<string, string>>;
  readonly write: (api: ApiDescription, publicUrl: string) => string;
}

const STYLE_HASH = createHash('sha256').update(REFERENCE_STYLE).digest('base64');

const FORMS: Readonly<Record<DescriptionForm, Form>> = {
  'openapi-2': {
    headers: { 'content-type': 'application/openapi+json; charset=utf-8' },
    write: (api, publicUrl) => JSON.stringify(openApi2(api, publicUrl)),
  },
  'openapi-3': {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    write: (api, publicUrl) => JSON.stringify(openApi3(api, publicUrl)),
  },
  page: {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
    },
    write: referencePage,
  },
};
