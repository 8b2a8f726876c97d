/** What is written in the compose form, and what is sent of it. */
import type { MethodInput } from '@carillon/client';

export interface Draft {
  readonly audience: 'users' | 'online' | 'everybody';
  /** Names, separated by commas, blanks or line ends. */
  readonly users: string;
  readonly title: string;
  readonly content: string;
  readonly type: string;
  readonly link: string;
}

export const EMPTY_NOTICE: Draft = {
  audience: 'users',
  users: '',
  title: '',
  content: '',
  type: 'info',
  link: '',
};

/** Names as they are; blanks inside a name are kept where commas separate the names. */
export function namesIn(text: string): readonly string[] {
  const separator = text.includes(',') ? /,/ : /\s+/;
  return [...new Set(text.split(separator).map((name) => name.trim()))].filter(
    (name) => name !== '',
  );
}

/** What is missing; undefined: it can be sent. */
export function problemOf({ audience, users, title }: Draft): 'title' | 'users' | undefined {
  if (audience === 'users' && namesIn(users).length === 0) return 'users';
  return title.trim() === '' ? 'title' : undefined;
}

export const noticeOf = (draft: Draft): MethodInput<'console.notify'> => ({
  audience: draft.audience,
  ...(draft.audience === 'users' && { users: [...namesIn(draft.users)] }),
  title: draft.title.trim(),
  content: draft.content,
  type: draft.type,
  ...(draft.link.trim() !== '' && { link: draft.link.trim() }),
});
