/** Apart from the tables, which a client need not carry for it. */

/** True where a client must not reconnect by itself. */
export const isTerminal = (code: number): boolean =>
  (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
