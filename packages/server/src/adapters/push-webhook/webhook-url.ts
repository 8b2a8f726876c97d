import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/**
 * The URL, checked as far as it can be without resolving its name. The parser has brought every
 * spelling of an IPv4 address (octal, hexadecimal, one number) into dotted form by then.
 *
 * @throws Error with the fix in its message
 */
export function parseWebhookUrl(text: string, allowPrivateHosts: boolean): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Error('the push webhook needs an http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error('the push webhook URL contains a password: the signature authenticates us');
  }
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  if (isIP(host) !== 0 && !allowPrivateHosts && !isPublicAddress(host)) {
    throw new Error(
      `the push webhook goes to ${host}, which is not public: set PUSH_WEBHOOK_ALLOW_PRIVATE=true if that is meant`,
    );
  }
  return url;
}
