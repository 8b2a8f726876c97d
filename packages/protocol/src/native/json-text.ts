/** Pieces of JSON text for the encoders, which build their messages as strings around raw payloads. */
import type { ClientInfo, Publication } from '../publication.ts';

// Quotes, backslashes, control characters and surrogates need JSON.stringify; hardly any name has one.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A string as JSON. Much shorter on the usual name than JSON.stringify's way through the runtime. */
export const jsonString = (text: string): string =>
  NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;

export const encodeClientInfo = (info: ClientInfo): string => {
  const connInfo = info.connInfo === undefined ? '' : `,"conn_info":${info.connInfo}`;
  const chanInfo = info.chanInfo === undefined ? '' : `,"chan_info":${info.chanInfo}`;
  return `{"user":${jsonString(info.user)},"client":${jsonString(info.client)}${connInfo}${chanInfo}}`;
};

export const encodePublication = (publication: Publication): string => {
  const { data, offset, info, tags } = publication;
  let text = `{"data":${data}`;
  if (offset !== undefined) text += `,"offset":${offset}`;
  if (info !== undefined) text += `,"info":${encodeClientInfo(info)}`;
  if (tags !== undefined) text += `,"tags":${JSON.stringify(tags)}`;
  return `${text}}`;
};

export const encodePublications = (publications: readonly Publication[]): string => {
  let text = '';
  for (const publication of publications) {
    text += `${text === '' ? '' : ','}${encodePublication(publication)}`;
  }
  return `[${text}]`;
};
