import type { MailConfig } from '@ashlar/config';
import type { MailDefaults } from '@ashlar/service';

const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;

/** How mails of the instance leave; the forms of the options were checked when they were read. */
export function mailDefaults({ smtpUrl, mailFrom, mailHttpKey, mailHttpUrl }: MailConfig): MailDefaults {
  const [, name = '', address = mailFrom] = /^(.*)<(.+)>$/.exec(mailFrom) ?? [];
  return {
    senderName: name.trim(),
    senderAddress: address,
    smtp: smtpUrl === null ? null : smtpServer(new URL(smtpUrl)),
    http: mailHttpKey === null ? null : { baseUrl: mailHttpUrl, apiKey: mailHttpKey },
  };
}

function smtpServer(url: URL): MailDefaults['smtp'] {
  const isImplicit = url.protocol === 'smtps:';
  const wanted = url.searchParams.get('tls');
  const tls = wanted === 'none' || wanted === 'starttls' || wanted === 'implicit' ? wanted : null;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isImplicit ? SUBMISSIONS_PORT : SUBMISSION_PORT) : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    tls: tls ?? (isImplicit ? 'implicit' : 'starttls'),
  };
}
