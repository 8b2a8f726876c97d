/** What a bell shows: the number on it, its name for a screen reader, and the list by days. */
import type { Notification } from '../inbox/inbox.ts';
import type { UiTexts } from './ui-texts.ts';

const CAP = 99;

/** '' for none, '99+' for more than fit. */
export const badgeText = (n: number): string =>
  n <= 0 ? '' : n > CAP ? `${CAP}+` : String(Math.floor(n));

/** 'Notifications, 3 unread'. */
export const bellLabel = (unread: number, texts: UiTexts): string =>
  unread > 0 ? texts.count('bell.label', unread) : texts.t('bell.none');

/** The page's title with the number before it, whatever number stood there. */
export function titleWithCount(title: string, unread: number): string {
  const plain = title.replace(/^\(\d+\+?\) /, '');
  const badge = badgeText(unread);
  return badge === '' ? plain : `(${badge}) ${plain}`;
}

export interface BellSection {
  readonly key: string;
  readonly day: string;
  readonly items: readonly BellItem[];
}

export interface BellItem {
  readonly id: string;
  readonly title: string;
  readonly content: string;
  readonly type: string;
  /** Absent where there is none, and where it is no link to follow (`javascript:`). */
  readonly link?: string;
  readonly isUnread: boolean;
  readonly isArchived: boolean;
  readonly createdAt: string;
  /** '5 minutes ago'. */
  readonly ago: string;
  readonly dateTime: string;
}

/** In the order given, which is newest first. */
export function bellSections(
  items: readonly Notification[],
  nowMs: number,
  texts: UiTexts,
): readonly BellSection[] {
  const sections: { key: string; day: string; items: BellItem[] }[] = [];
  for (const item of items) {
    const atMs = Date.parse(item.created_at);
    const key = texts.dayKey(atMs);
    let section = sections.at(-1);
    if (section?.key !== key) {
      section = { key, day: texts.day(atMs, nowMs), items: [] };
      sections.push(section);
    }
    section.items.push(bellItem(item, nowMs, texts));
  }
  return sections;
}

function bellItem(item: Notification, nowMs: number, texts: UiTexts): BellItem {
  const atMs = Date.parse(item.created_at);
  const link = safeLink(item.link);
  return {
    id: item.id,
    title: item.title,
    content: item.content,
    type: item.type,
    ...(link === undefined ? {} : { link }),
    isUnread: item.status === 'unread',
    isArchived: item.status === 'archived',
    createdAt: item.created_at,
    ago: texts.relativeTime(atMs, nowMs),
    dateTime: texts.dateTime(atMs),
  };
}

/** Paths and http(s) addresses; undefined for everything else. */
export function safeLink(link: string | null | undefined): string | undefined {
  if (link === null || link === undefined || link === '') return undefined;
  try {
    const { protocol } = new URL(link, 'https://relative.invalid');
    return protocol === 'https:' || protocol === 'http:' ? link : undefined;
  } catch {
    return undefined;
  }
}
