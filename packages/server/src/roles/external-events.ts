/**
 * What programs say that know only Redis or NATS (A6): JSON with a `title` becomes a notification,
 * stored and delivered; any other JSON object goes to the user's connections as it is. Nobody waits
 * for an answer, so whatever cannot be used is logged and counted.
 */
import { type Failure, fail, ok, type Outcome, type RawJson } from '@carillon/protocol';
import type { InboxService, Notice } from '../domain/inbox/inbox-service.ts';
import { DEFAULT_HTTP_SETTINGS } from '../http/http-deps.ts';
import { parseJsonBody } from '../http/json-body.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';

export interface ExternalEventDeps {
  readonly inbox: Pick<InboxService, 'notify' | 'eventFor'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type Result = 'notification' | 'event';
type Fields = Readonly<Record<string, unknown>>;

/** For ExternalEvents.start. Never rejects. */
export function createExternalEventHandler(
  deps: ExternalEventDeps,
): (user: string, json: string) => Promise<void> {
  const { logger, metrics } = deps;
  return async (user, json) => {
    let result: Result | 'refused' | 'failed' = 'failed';
    try {
      const outcome = await deliver(deps.inbox, user, json);
      result = outcome.ok ? outcome.value : 'refused';
      if (!outcome.ok) {
        logger.warn({ user, error: outcome.error }, 'an external event was refused');
      }
    } catch (error) {
      logger.error({ user, err: error }, 'an external event could not be delivered');
    }
    metrics.count('external_events_total', 1, { result });
  };
}

async function deliver(
  inbox: ExternalEventDeps['inbox'],
  user: string,
  json: string,
): Promise<Outcome<Result>> {
  const body = parseJsonBody(json, DEFAULT_HTTP_SETTINGS.maxJsonDepth);
  if (!body.ok) return body;
  const { value, raw } = body.value;
  if (!isFields(value)) return fail('invalid_field', 'not a JSON object: wrap it in {}');
  if (!('title' in value)) return as('event', await inbox.eventFor(user, raw));
  const notice = noticeOf(value);
  return notice.ok ? as('notification', await inbox.notify(notice.value, [user])) : notice;
}

const as = (result: Result, outcome: Outcome<unknown>): Outcome<Result> =>
  outcome.ok ? ok(result) : outcome;

/** Fields that a notification does not have (an id or a time of the sender's own) are passed over. */
function noticeOf(fields: Fields): Outcome<Notice> {
  const { title, data } = fields;
  if (typeof title !== 'string') return wrongText('title');
  const texts: Record<string, string> = {};
  for (const name of ['content', 'type', 'link', 'source', 'dedupeKey']) {
    const text = fields[name];
    if (text === undefined || text === null) continue;
    if (typeof text !== 'string') return wrongText(name);
    texts[name] = text;
  }
  const json: RawJson | undefined = data === undefined ? undefined : JSON.stringify(data);
  return ok({ title, ...texts, ...(json === undefined ? {} : { data: json }) });
}

const wrongText = (name: string): Failure => fail('invalid_field', `${name} is not a text`);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
