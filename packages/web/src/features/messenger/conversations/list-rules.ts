/** What the list of conversations says: titles, and which of them match a search. */
import type { ConversationItem, ConversationView } from '@carillon/client';

type Named = Pick<ConversationView, 'kind' | 'name' | 'title' | 'members'>;

export const othersIn = ({ members }: Pick<ConversationView, 'members'>, me: string): string[] =>
  members.map(({ user }) => user).filter((user) => user !== me);

/** Undefined where neither a title nor other people give one. */
export function titleOf(conversation: Named, me: string): string | undefined {
  const { kind, title, name } = conversation;
  if (title !== undefined && title !== '') return title;
  if (kind === 'room' && name !== undefined) return `# ${name}`;
  const others = othersIn(conversation, me);
  return others.length === 0 ? undefined : others.join(', ');
}

export function matching(
  items: readonly ConversationItem[],
  query: string,
  me: string,
): readonly ConversationItem[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return items;
  return items.filter((item) =>
    [titleOf(item, me) ?? '', ...othersIn(item, me)].some((text) =>
      text.toLocaleLowerCase().includes(wanted),
    ),
  );
}

/** Names as somebody types them: one or several, divided by commas, spaces around them ignored. */
export const namesIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,，、;\n]/)
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
];
