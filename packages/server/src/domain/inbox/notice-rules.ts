import type { Failure } from '@carillon/protocol';
import {
  checkJson,
  checkKey,
  checkLine,
  checkLink,
  checkText,
  firstRefusal,
} from '../input-rules.ts';
import type { DomainLimits } from '../limits.ts';
import type { Notice } from './inbox-service.ts';

/** The refusal of a notification that is too long or malformed; undefined when all is well. */
export function checkNotice(notice: Notice, limits: DomainLimits): Failure | undefined {
  const key = limits.keyCharacters;
  return firstRefusal(
    checkLine(notice.title, { field: 'title', max: limits.titleCharacters, isRequired: true }),
    checkText(notice.content, { field: 'content', max: limits.messageCharacters }),
    checkKey(notice.type, { field: 'type', max: key }),
    checkLink(notice.link, limits),
    checkLine(notice.source, { field: 'source', max: key }),
    checkKey(notice.dedupeKey, { field: 'dedupeKey', max: key }),
    checkJson(notice.data, { field: 'data', limits }),
  );
}
