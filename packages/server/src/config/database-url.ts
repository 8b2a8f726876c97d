/** Drivers name themselves after a plus (`postgresql+psycopg://`, SQLAlchemy's way); only the database matters here. */
export function databaseKind(url: string): 'postgresql' | 'unknown' {
  const scheme = /^([a-z0-9]+)(?:\+[a-z0-9_]+)?:\/\//i.exec(url)?.[1]?.toLowerCase();
  return scheme === 'postgresql' || scheme === 'postgres' ? 'postgresql' : 'unknown';
}
