import { join } from 'node:path';

/** The packages of this repository are linked from its root; an application of yours needs none of this. */
const repository = join(import.meta.dirname, '..', '..');

export default {
  turbopack: { root: repository },
  outputFileTracingRoot: repository,
  devIndicators: false,
};
