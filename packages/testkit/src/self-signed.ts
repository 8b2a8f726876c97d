/** Certificates for tests of TLS, made here so that no program has to be installed: RFC 5280, the little of it that is needed. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface SelfSigned {
  /** PEM; also the authority to trust. */
  readonly cert: string;
  readonly key: string;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];

/** For `localhost` and 127.0.0.1, valid from yesterday for `days`. */
export function selfSigned(commonName: string, days = 2): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, oid(COMMON_NAME), der(0x0c, commonName))));
  const algorithm = der(SEQUENCE, oid(ECDSA_WITH_SHA256));
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, [2])),
    der(0x02, [1, ...randomBytes(8)]),
    algorithm,
    name,
    der(SEQUENCE, time(-1), time(days)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, ...extensions())),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = der(SEQUENCE, body, algorithm, der(0x03, [0], signature));
  return {
    cert: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extensions(): Buffer[] {
  const names = der(SEQUENCE, der(0x82, 'localhost'), der(0x87, [127, 0, 0, 1]));
  const authority = der(SEQUENCE, der(0x01, [0xff]));
  return [
    der(SEQUENCE, oid(BASIC_CONSTRAINTS), der(0x01, [0xff]), der(0x04, authority)),
    der(SEQUENCE, oid(SUBJECT_ALT_NAME), der(0x04, names)),
  ];
}

/** Tag, length, value: X.690. */
function der(tag: number, ...parts: (Buffer | string | readonly number[])[]): Buffer {
  const value = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)));
  const { length } = value;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), value]);
}

const oid = (encoded: readonly number[]): Buffer => der(0x06, encoded);

/** UTCTime: YYMMDDHHMMSSZ. */
function time(daysFromNow: number): Buffer {
  const date = new Date(Date.now() + daysFromNow * 86_400_000).toISOString();
  return der(0x17, `${date.replaceAll(/[-:T]|\.\d+Z$/g, '').slice(2)}Z`);
}

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
