/** Checks AWS Signature Version 4 on a request, as its documentation builds it; for fakes of AWS services. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const MAX_SKEW_MS = 15 * 60_000;

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();

/** Undefined: signed by whoever has the secret. Else what is wrong. */
export function signatureProblem(
  request: IncomingMessage,
  body: Buffer,
  expected: AwsCredentials,
): string | undefined {
  const match = HEADER.exec(request.headers.authorization ?? '');
  if (match === null) return 'no Signature Version 4';
  const [, accessKeyId = '', date = '', region = '', service = '', names = '', given = ''] = match;
  if (accessKeyId !== expected.accessKeyId) return 'unknown access key';
  if (region !== expected.region || service !== expected.service) return 'wrong scope';
  const time = String(request.headers['x-amz-date'] ?? '');
  if (!time.startsWith(date) || Math.abs(Date.now() - timeOf(time)) > MAX_SKEW_MS) {
    return 'wrong date';
  }
  const signed = names.split(';');
  if (!signed.includes('host')) return 'the host is not signed';
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const canonical = [
    request.method ?? '',
    path,
    query,
    ...signed.map((name) => `${name}:${headerText(request, name)}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${expected.secretAccessKey}`),
  );
  const isEqual = timingSafeEqual(hmac(key, text), Buffer.from(given, 'hex'));
  return isEqual ? undefined : 'the signature does not match';
}

const headerText = (request: IncomingMessage, name: string): string =>
  [request.headers[name] ?? ''].flat().join(',').trim().replaceAll(/ +/g, ' ');

/** `20261120T140000Z` */
const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'));
