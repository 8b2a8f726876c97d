/** A link comes from whoever may notify: only the web, never `javascript:`. */
export const isSafeLink = (link: string): boolean => /^(https?:\/\/|\/(?![/\\]))/i.test(link);
