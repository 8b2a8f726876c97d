/** Which paths exist, by their templates: to tell 405 from 404, and our paths from an embedding application's. */

export interface RouteTable {
  add(method: string | readonly string[], url: string): void;
  /** Methods that some route of this path takes, HEAD and OPTIONS aside; empty: the path is not ours. */
  methodsOf(path: string): readonly string[];
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const patternOf = (url: string): RegExp => {
  const parts = url
    .split('/')
    .map((part) => (part === '*' ? '.*' : /^:|^\{/.test(part) ? '[^/]+' : escaped(part)));
  return new RegExp(`^${parts.join('/')}$`);
};

export const createRouteTable = (): RouteTable => {
  const literal = new Map<string, Set<string>>();
  const patterns = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  const methodsFor = (url: string): Set<string> => {
    if (!/[*:{]/.test(url)) {
      const methods = literal.get(url) ?? new Set();
      literal.set(url, methods);
      return methods;
    }
    const entry = patterns.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    patterns.set(url, entry);
    return entry.methods;
  };

  return {
    add: (method, url) => {
      const methods = methodsFor(url);
      for (const name of [method].flat()) {
        if (name !== 'HEAD' && name !== 'OPTIONS') methods.add(name);
      }
    },
    methodsOf: (path) => {
      const found = new Set(literal.get(path));
      for (const { pattern, methods } of patterns.values()) {
        if (pattern.test(path)) for (const method of methods) found.add(method);
      }
      return [...found].toSorted();
    },
  };
};
