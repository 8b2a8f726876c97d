/** Path → endpoint. `/ws/chat` wins over `/ws/{user_id}`: a literal segment over a parameter. */
import type { WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';

interface Route {
  readonly endpoint: WebSocketEndpoint;
  /** A parameter's name, or a literal. */
  readonly segments: readonly { readonly literal?: string; readonly parameter?: string }[];
}

export interface RouteMatch {
  readonly endpoint: WebSocketEndpoint;
  readonly params: Readonly<Record<string, string>>;
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

const parseSegment = (segment: string): Route['segments'][number] =>
  segment.startsWith('{') && segment.endsWith('}')
    ? { parameter: segment.slice(1, -1) }
    : { literal: segment };

/** Literals before parameters, segment by segment. */
const byPrecedence = (a: Route, b: Route): number => {
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index];
    if (other === undefined) return 1;
    const difference = Number(segment.literal === undefined) - Number(other.literal === undefined);
    if (difference !== 0) return difference;
  }
  return 0;
};

const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

/** `undecodable`: the path fits, but a parameter is not valid percent encoding. */
const matchRoute = (
  route: Route,
  segments: readonly string[],
): RouteMatch | 'undecodable' | undefined => {
  if (route.segments.length !== segments.length) return undefined;
  const params: [string, string][] = [];
  let isDecodable = true;
  for (const [index, { literal, parameter }] of route.segments.entries()) {
    const segment = segments[index] ?? '';
    if (parameter === undefined) {
      if (segment !== literal) return undefined;
      continue;
    }
    const value = decode(segment);
    if (value === '') return undefined;
    if (value === undefined) isDecodable = false;
    else params.push([parameter, value]);
  }
  if (!isDecodable) return 'undecodable';
  return { endpoint: route.endpoint, params: Object.fromEntries(params) };
};

export class EndpointRouter {
  readonly #literals = new Map<string, RouteMatch>();
  readonly #patterns: readonly Route[];

  /** @throws Error when two endpoints have the same path: a mistake of the program. */
  constructor(endpoints: readonly WebSocketEndpoint[]) {
    const patterns: Route[] = [];
    const paths = new Set<string>();
    for (const endpoint of endpoints) {
      const shape = endpoint.path.replaceAll(/\{[^/]*\}/g, '{}');
      if (paths.has(shape)) throw new Error(`Two WebSocket endpoints at ${endpoint.path}`);
      paths.add(shape);
      const segments = endpoint.path.split('/').map(parseSegment);
      const isLiteral = segments.every(({ parameter }) => parameter === undefined);
      if (isLiteral) this.#literals.set(endpoint.path, { endpoint, params: NO_PARAMS });
      else patterns.push({ endpoint, segments });
    }
    this.#patterns = patterns.toSorted(byPrecedence);
  }

  match(path: string): RouteMatch | 'undecodable' | undefined {
    const literal = this.#literals.get(path);
    if (literal !== undefined) return literal;
    const segments = path.split('/');
    for (const route of this.#patterns) {
      const match = matchRoute(route, segments);
      if (match !== undefined) return match;
    }
    return undefined;
  }
}
