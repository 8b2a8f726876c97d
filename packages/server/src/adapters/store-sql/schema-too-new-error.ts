/** The database was written by a newer Carillon: going on would damage it. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
}
