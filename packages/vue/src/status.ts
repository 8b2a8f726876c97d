/** Of everything that is loaded over the connection. `off`: not on this page. */
export type Status = 'off' | 'loading' | 'ready' | 'error';
